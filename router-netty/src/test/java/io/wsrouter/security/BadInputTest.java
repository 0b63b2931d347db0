package io.wsrouter.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries every bad input of the list in {@code docs/security.md}, end to end, and writes that list. */
final class BadInputTest {

    @AutoClose
    private static final Arena ARENA = new Arena();

    @AfterAll
    static void shouldLeaveNothingBehind() {
        ARENA.assertNothingIsLeft();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void shouldGetTheDocumentedAnswerAndDisturbNobody(BadInput input) throws Exception {
        String answer = input.attempt().answerOf(ARENA);

        assertThat(answer).as(input.toString()).isEqualTo(input.answer());
        ARENA.assertOthersAreServed();
    }

    static Stream<BadInput> all() {
        return BadInput.all();
    }

    @Test
    void shouldListEachInputOnce() {
        assertThat(BadInput.all().map(BadInput::toString))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(150);
    }

    @Test
    void shouldBeTheListOfTheDocumentation() {
        SecurityPage page = SecurityPage.read();

        if (Boolean.getBoolean("docs.write")) {
            page.write(BadInput.all().toList());
        }

        assertThat(SecurityPage.read().list())
                .as("docs/security.md differs from the tests; run %s", SecurityPage.HOW_TO_WRITE)
                .isEqualTo(SecurityPage.listOf(BadInput.all().toList()));
    }
}
