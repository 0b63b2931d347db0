package io.wsrouter.seed;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.platform.commons.annotation.Testable;

/** The table of docs/seed.md is whole, and every test that it names exists in one of the modules. */
final class SeedTableTest {

    private static final Path PAGE = Path.of("..", "docs", "seed.md");

    private static final List<String> TESTS_OF_THE_SEED = List.of(
            "1.1 `handler_id_format_consistency`",
            "1.1 `event_router_connection_tracking_inconsistency`",
            "1.1 `user_execution_context_websocket_id_mismatch`",
            "1.1 `routing_table_synchronization_failures`",
            "1.1 `concurrent_id_generation_race_conditions`",
            "1.1 `message_routing_failure_pattern_reproduction`",
            "1.2 `registration_consistency`",
            "1.2 `deregistration_synchronization`",
            "1.2 `corruption_under_concurrent_access`",
            "1.2 `stale_entry_accumulation`",
            "1.2 `cross_component_routing_table_drift`",
            "1.3 `authenticated_multi_user_connection_isolation`",
            "1.3 `concurrent_multi_user_routing_stress`",
            "1.3 `authentication_context_routing_validation`",
            "1.3 `websocket_authentication_token_validation`",
            "1.4 `connection_id_mismatch_recovery`",
            "1.4 `routing_table_corruption_auto_healing`",
            "1.4 `message_retry_and_circuit_breaker`",
            "1.4 `graceful_degradation_under_system_stress`");
    private static final int STATEMENTS = 13;

    private static final List<Class<?>> SUITES = List.of(
            ConnectionIdGenerationConsistencyTest.class,
            MessageRoutingTableAccuracyTest.class,
            MultiUserRoutingIsolationTest.class,
            RoutingFailureRecoveryTest.class);

    private static final Pattern NAMED_TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");

    private static final List<JavaMethod> TESTS = new ClassFileImporter()
            .importPackages("io.wsrouter").stream()
                    .map(JavaClass::getMethods)
                    .flatMap(methods -> methods.stream())
                    .filter(method -> method.isMetaAnnotatedWith(Testable.class))
                    .toList();

    private record Row(String subject, String tests, String assertion) {

        List<String> names() {
            return NAMED_TEST
                    .matcher(tests)
                    .results()
                    .map(named -> named.group())
                    .toList();
        }
    }

    private final List<Row> rows = rows();

    @Test
    void shouldHaveARowForEveryTestAndEveryStatementOfTheSeed() {
        assertThat(rows.subList(0, TESTS_OF_THE_SEED.size()))
                .extracting(Row::subject)
                .isEqualTo(TESTS_OF_THE_SEED);
        assertThat(rows.subList(TESTS_OF_THE_SEED.size(), rows.size()))
                .extracting(row -> row.subject().replaceFirst(" .*", ""))
                .isEqualTo(IntStream.rangeClosed(1, STATEMENTS)
                        .mapToObj(number -> "S" + number)
                        .toList());
    }

    @Test
    void shouldHaveATestAndAnAssertionInEveryRow() {
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.names()).as(row.subject()).isNotEmpty();
            assertThat(row.assertion()).as(row.subject()).isNotBlank();
            assertThat(row.tests().replaceAll(NAMED_TEST.pattern(), ""))
                    .as(row.subject())
                    .isBlank();
        });
    }

    @Test
    void shouldNameOnlyTestsThatExist() {
        assertThat(rows.stream().flatMap(row -> row.names().stream()).distinct())
                .allSatisfy(name -> assertThat(found(name)).as(name).hasSize(1));
    }

    @Test
    void shouldNameNoTestThatMayBeSwitchedOff() {
        assertThat(rows.stream()
                        .flatMap(row -> row.names().stream())
                        .flatMap(name -> found(name).stream())
                        .filter(SeedTableTest::mayBeSwitchedOff)
                        .map(JavaMethod::getFullName))
                .isEmpty();
    }

    /** Three tests: one that always runs, one that never does, and one that does not everywhere. */
    static final class Examples {

        void running() {}

        @Disabled
        void disabled() {}

        @DisabledOnOs(OS.WINDOWS)
        void conditional() {}
    }

    @Test
    void shouldSeeThatATestMayBeSwitchedOff() {
        assertThat(new ClassFileImporter()
                        .importClass(Examples.class).getMethods().stream()
                                .filter(SeedTableTest::mayBeSwitchedOff)
                                .map(JavaMethod::getName))
                .containsExactlyInAnyOrder("disabled", "conditional");
    }

    @Test
    void shouldNameEveryTestOfTheFourSuites() {
        List<JavaMethod> named = rows.stream()
                .flatMap(row -> row.names().stream())
                .flatMap(name -> found(name).stream())
                .toList();

        assertThat(TESTS.stream().filter(test -> SUITES.stream().anyMatch(suite -> isIn(test, suite.getName()))))
                .isNotEmpty()
                .allSatisfy(test -> assertThat(named).contains(test));
    }

    private static List<JavaMethod> found(String name) {
        Matcher named = NAMED_TEST.matcher(name);
        assertThat(named.matches()).as(name).isTrue();
        return TESTS.stream()
                .filter(test -> test.getName().equals(named.group(2)) && isIn(test, named.group(1)))
                .toList();
    }

    private static boolean mayBeSwitchedOff(JavaMethod test) {
        return Stream.concat(test.getAnnotations().stream(), test.getOwner().getAnnotations().stream())
                .map(annotation -> annotation.getRawType())
                .anyMatch(type -> type.isEquivalentTo(Disabled.class)
                        || type.getPackageName().equals(DisabledOnOs.class.getPackageName()));
    }

    /** Whether {@code test} is one of a class that is named with as much of its package as it takes. */
    private static boolean isIn(JavaMethod test, String className) {
        return ('.' + test.getOwner().getFullName()).endsWith('.' + className);
    }

    private static List<Row> rows() {
        try (Stream<String> lines = Files.lines(PAGE)) {
            return lines.filter(line -> line.startsWith("| 1.") || line.startsWith("| S"))
                    .map(line -> line.split("\\|", -1))
                    .map(cells -> new Row(cells[1].strip(), cells[2].strip(), cells[3].strip()))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
