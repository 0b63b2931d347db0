package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
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
    void shouldLoadUsersWithSeveralConnections() throws IOException {
        LoadResult result = run(
                new GroupPlan("devices", LoadScenario.DEVICES, 20, 4, 2, 100, 0, 64, true, 0, 0, 0),
                new GroupPlan("closed", LoadScenario.DEVICES, 10, 3, 2, 0, 2, 64, false, 0, 0, 0));

        assertThat(result.groups().get(0).claims().received())
                .isEqualTo(5 * result.groups().get(0).counts().get(Count.SENT.word()));
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
    void shouldSeeWhoDoesNotReadBeCutOffAndNobodyElseLoseAnything() throws IOException {
        try (TestServer strict =
                LoadFixture.server("limits.queued-bytes-per-connection=64KiB", "limits.socket-send-buffer=16KiB")) {
            GroupPlan slow = new GroupPlan("slow", LoadScenario.SLOW, 10, 0, 2, 1_000, 0, 16 * 1024, true, 2, 0, 0);
            LoadResult result = LoadFixture.run(strict, 0.5, slow);

            assertThat(result.claims().faults()).isEmpty();
            assertThat(LoadFixture.count(result, Count.CLOSED_SLOW)).isEqualTo(2);
            assertThat(result.groups().get(0).failures()).containsEntry("closed 4008", 2L);
            assertThat(result.groups().get(0).outcomes()).containsKey("slow_consumer");
            assertThat(Verification.of(result)).isEmpty();
        }
    }

    @Test
    void shouldPublishAsOneUserOverAllConnections() throws IOException {
        List<GroupPlan> groups = List.of(LoadFixture.unicast(10, 3, 500, true));
        LoadPlan plan = new LoadPlan("ws-router", LoadFixture.SEED, 0.1, 0.1, 5, 5, 5, 20, 2, true, groups);
        LoadResult result = LoadRun.run(plan, LoadFixture.target(server), List.of("test"));

        assertThat(result.claims().faults()).isEmpty();
        JsonNode stats = Objects.requireNonNull(result.series().get(0).stats());
        assertThat(stats.path("connections").asInt()).isEqualTo(13);
        assertThat(stats.path("users").asInt()).isEqualTo(11);
    }

    @Test
    void shouldNotWaitForHandshakeWithoutAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<GroupPlan> groups =
                    List.of(new GroupPlan("hold", LoadScenario.HOLD, 2, 0, 0, 0, 0, 64, false, 0, 0, 0));
            LoadPlan plan = new LoadPlan("ws-router", LoadFixture.SEED, 0, 0.1, 1, 0.5, 0.05, 1, 1, false, groups);
            String url = "ws://127.0.0.1:" + silent.getLocalPort() + "/ws";
            LoadResult result = LoadRun.run(plan, LoadFixture.target(url, TestServer.SECRET), List.of("test"));

            assertThat(result.claims().faults()).contains("connections: 0 of 2");
            assertThat(result.groups().get(0).failures().get("no answer in the handshake"))
                    .isGreaterThan(2);
        }
    }
}
