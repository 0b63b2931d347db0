package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small run of each scenario against the router. */
class ScenariosTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = LoadFixture.server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static LoadResult run(GroupPlan... groups) throws IOException {
        LoadResult result = LoadFixture.run(server, 0.5, groups);
        assertThat(result.claims().faults()).isEmpty();
        assertThat(Verification.of(result)).isEmpty();
        return result;
    }

    @Test
    void shouldLoadUsersInAnOpenAndAClosedLoop() throws IOException {
        LoadResult result = run(
                LoadFixture.unicast(20, 4, 1_000, true),
                new GroupPlan("closed", LoadScenario.UNICAST, 20, 0, 2, 0, 4, 32, false, 0, 0, 0),
                new GroupPlan("receipted", LoadScenario.UNICAST, 20, 0, 2, 0, 4, 5_000, true, 0, 0, 0));

        assertThat(LoadFixture.count(result, Count.SENT)).isEqualTo(700);
        assertThat(result.groups().get(0).claims().latencyMicros().count()).isEqualTo(500);
        assertThat(result.groups())
                .allSatisfy(group -> assertThat(group.claims().received()).isPositive());
    }

    @Test
    void shouldLoadTopics() throws IOException {
        LoadResult result = run(
                new GroupPlan("fanout", LoadScenario.FANOUT, 20, 3, 2, 100, 0, 64, true, 0, 0, 0),
                new GroupPlan("broadcast", LoadScenario.BROADCAST, 10, 1, 1, 0, 2, 64, false, 0, 0, 0));

        assertThat(result.groups().get(0).claims().expected())
                .isEqualTo(result.groups().get(0).claims().received());
        assertThat(result.groups().get(1).claims().received())
                .isEqualTo(10 * result.groups().get(1).counts().get(Count.SENT.word()));
    }

    @Test
    void shouldLetConnectionsComeGoAndStay() throws IOException {
        LoadResult result = run(
                new GroupPlan("churn", LoadScenario.CHURN, 20, 0, 0, 0, 0, 64, true, 0, 40, 0),
                new GroupPlan("hold", LoadScenario.HOLD, 20, 0, 0, 0, 0, 64, false, 0, 0, 0));

        assertThat(LoadFixture.count(result, Count.ARRIVALS_DONE)).isGreaterThanOrEqualTo(20);
        assertThat(result.connecting().ready()).isEqualTo(20);
    }

    @Test
    void shouldAccountForMessagesToWhoIsCutOff() throws IOException {
        LoadResult result = run(new GroupPlan("storm", LoadScenario.STORM, 30, 0, 2, 1_000, 0, 64, true, 0, 0, 2));

        assertThat(LoadFixture.count(result, Count.CUT)).isEqualTo(60);
        assertThat(result.groups().get(0).claims().returnMicros().count()).isEqualTo(60);
    }

    @Test
    void shouldAccountForMessagesToWhoDoesNotRead() throws IOException {
        LoadResult result =
                run(new GroupPlan("slow", LoadScenario.SLOW, 10, 0, 2, 400, 0, 64 * 1024 - 1024, true, 2, 0, 0));

        assertThat(result.claims().lost()).isZero();
    }

    @Test
    void shouldShareARunBetweenProcesses() throws IOException {
        LoadTarget target =
                LoadFixture.target("ws://127.0.0.1:" + server.router().publicPort() + "/ws", TestServer.SECRET);
        List<Worker> workers = List.of(
                new LocalWorker(ServerProbe.minter(target.secret())),
                new LocalWorker(ServerProbe.minter(target.secret())));
        LoadResult result = LoadRun.run(
                LoadFixture.plan(
                        0.5,
                        LoadFixture.unicast(21, 3, 500, true),
                        new GroupPlan("topics", LoadScenario.FANOUT, 9, 2, 1, 50, 0, 64, false, 0, 0, 0)),
                target,
                workers,
                List.of("test"),
                second -> {});

        assertThat(result.claims().faults()).isEmpty();
        assertThat(Verification.of(result)).isEmpty();
        assertThat(LoadFixture.count(result, Count.RECEIVED)).isBetween(349L, 352L);
    }
}
