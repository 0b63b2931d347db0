package io.wsrouter.bench.load;

import io.wsrouter.config.Secret;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Short runs of the engine within a test. */
final class LoadFixture {

    static final long SEED = 7;

    private LoadFixture() {}

    /** Runs groups for a moment against a router of the tests. */
    static LoadResult run(TestServer server, double seconds, GroupPlan... groups) throws IOException {
        return run("ws://127.0.0.1:" + server.router().publicPort() + "/ws", TestServer.SECRET, seconds, groups);
    }

    static LoadResult run(String url, String secret, double seconds, GroupPlan... groups) throws IOException {
        return LoadRun.run(plan(seconds, groups), target(url, secret), List.of("test"));
    }

    static LoadPlan plan(double seconds, GroupPlan... groups) {
        return LoadPlan.of("ws-router", SEED, Arrays.asList(groups)).lasting(0.2, seconds);
    }

    static LoadTarget target(String url, String secret) {
        return LoadTarget.of(
                url, Secret.of(secret), List.of(ProcessHandle.current().pid()));
    }

    /** A router without limits on rates. */
    static TestServer server() {
        return TestServer.start(
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited",
                "limits.connections-per-ip=unlimited",
                "limits.handshakes-per-second=unlimited");
    }

    static GroupPlan unicast(int connections, int publishers, double rate, boolean receipts) {
        return new GroupPlan(
                "unicast", LoadScenario.UNICAST, connections, 0, publishers, rate, 0, 128, receipts, 0, 0, 0);
    }

    static long count(LoadResult result, Count count) {
        return Conclusions.count(result.groups().get(0), count);
    }
}
