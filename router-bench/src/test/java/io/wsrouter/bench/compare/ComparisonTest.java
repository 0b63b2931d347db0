package io.wsrouter.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

    @TempDir
    private Path directory;

    private final List<Run> runs = new ArrayList<>();

    @Test
    void shouldLoadServerInProcessOfItsOwn() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            comparison(new EngineLoader(workspace, 1, 1))
                    .run(List.of(contenders(workspace).of("naive")), 1);
        }

        assertThat(runs).singleElement().satisfies(run -> {
            assertThat(run.failure()).isEmpty();
            assertThat(run.errors()).isEmpty();
            assertThat(run.perSecond()).isPositive();
            assertThat(run.cpuMicros()).isPositive();
            assertThat(run.p99Micros()).isGreaterThanOrEqualTo(run.p50Micros());
        });
    }

    @Test
    void shouldSayInEachRoundThatServerEnded() throws Exception {
        Contender broken = new Contender(
                "broken", List.of("false"), Map.of(), "ws://127.0.0.1:1/", 1, "ws-router", true, false, false);

        comparison((contender, server, trial, round, warmup, seconds) -> {
                    throw new AssertionError("it does not run");
                })
                .run(List.of(broken), 2);

        assertThat(runs).extracting(Run::round).containsExactly(1, 2);
        assertThat(runs).extracting(Run::failure).allMatch(failure -> failure.startsWith("it ended with 1; see "));
    }

    @Test
    void shouldTellWhatIsAbsent() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            assertThatThrownBy(() -> contenders(workspace).of("mine"))
                    .isInstanceOf(AbsentException.class)
                    .hasMessage("/nowhere/mine cannot be run");
            assertThatThrownBy(() -> contenders(workspace).of("floor2")).isInstanceOf(AbsentException.class);
            assertThatThrownBy(() -> contenders(workspace).of("router-jdk17"))
                    .isInstanceOf(AbsentException.class)
                    .hasMessage("no JDK 17 found");
        }
    }

    @Test
    void shouldRefuseUnknownRow() throws IOException {
        try (Workspace workspace = Workspace.create()) {
            assertThatThrownBy(() -> contenders(workspace).of("rooter"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("row rooter (expected router, ");
        }
    }

    @Test
    void shouldShareProcessorsOut() {
        Processors all = Processors.parse("0-3,8");

        assertThat(all.firstHalf().list()).isEqualTo("0,1");
        assertThat(all.secondHalf().list()).isEqualTo("2,3,8");
    }

    private Contenders contenders(Workspace workspace) {
        return new Contenders(
                directory,
                null,
                workspace,
                1,
                List.of(new PeerOption("mine", "/nowhere/mine -v", 7000, "ws-router")),
                List.of());
    }

    private Comparison comparison(Loader loader) {
        return new Comparison(loader, List.of(Trial.UNI1K), 0.3, 0, null, directory, runs::add);
    }
}
