package io.wsrouter.bench.load;

import io.wsrouter.config.Secret;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Short runs of the engine within a test. */
final class LoadFixture {

    static final long SEED = 7;
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private LoadFixture() {}

    /** Runs groups for a moment against a router of the tests. */
    static LoadResult run(TestServer server, double seconds, GroupPlan... groups) throws IOException {
        return LoadRun.run(plan(seconds, groups), target(server), List.of("test"));
    }

    static LoadResult run(String url, String secret, double seconds, GroupPlan... groups) throws IOException {
        return LoadRun.run(plan(seconds, groups), target(url, secret), List.of("test"));
    }

    static LoadPlan plan(double seconds, GroupPlan... groups) {
        return LoadPlan.of("ws-router", SEED, Arrays.asList(groups)).lasting(0.2, seconds);
    }

    static LoadTarget target(TestServer server) {
        return new LoadTarget(
                "ws://127.0.0.1:" + server.router().publicPort() + "/ws",
                Secret.of(TestServer.SECRET),
                List.of(ProcessHandle.current().pid()),
                "http://127.0.0.1:" + server.router().internalPort(),
                null,
                true,
                List.of());
    }

    static LoadTarget target(String url, String secret) {
        return LoadTarget.of(
                url, Secret.of(secret), List.of(ProcessHandle.current().pid()));
    }

    /** A router without limits on rates. */
    static TestServer server(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited",
                "limits.connections-per-ip=unlimited",
                "limits.handshakes-per-second=unlimited"));
        all.addAll(List.of(settings));
        return TestServer.start(all.toArray(new String[0]));
    }

    static GroupPlan unicast(int connections, int publishers, double rate, boolean receipts) {
        return new GroupPlan(
                "unicast", LoadScenario.UNICAST, connections, 0, publishers, rate, 0, 128, receipts, 0, 0, 0);
    }

    static long count(LoadResult result, Count count) {
        return Conclusions.count(result.groups().get(0), count);
    }
}
