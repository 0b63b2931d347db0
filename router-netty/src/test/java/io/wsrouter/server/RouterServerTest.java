package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class RouterServerTest {

    @Test
    void shouldCloseEveryConnectionAsDraining() {
        TestServer server = TestServer.start();
        List<WebSocketClient> clients = List.of(server.connect("alice"), server.connect("bob"), server.connect("bob"));
        Thread closing = new Thread(server.router()::close);
        closing.start();

        for (WebSocketClient client : clients) {
            Frame close = client.awaitClose();
            assertThat(close.closeCode()).isEqualTo(1012);
            assertThat(close.closeReason()).isEqualTo("draining");
            client.close();
        }

        await().until(() -> !closing.isAlive());
        assertNothingRuns();
    }

    @Test
    void shouldLeaveNoThreadAndNoPort() throws BindException {
        for (int i = 0; i < 50; i++) {
            RouterServer server = RouterServer.start(TestServer.config("loops=2"));
            int publicPort = server.publicPort();
            int internalPort = server.internalPort();

            server.close();
            server.close();

            assertFree(publicPort);
            assertFree(internalPort);
        }
        assertNothingRuns();
    }

    @Test
    void shouldNotWaitForRequestsThatWereNeverFinished() {
        try (TestServer server = TestServer.start("drain.timeout=500ms")) {
            server.open().send("GET /ws HTTP/1.1\r\n");
            server.connect("alice");
            long startNanos = System.nanoTime();

            server.router().close();

            assertThat(System.nanoTime() - startNanos).isLessThan(4_000_000_000L);
        }
        assertNothingRuns();
    }

    @Test
    void shouldNameThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> RouterServer.start(TestServer.config("public.port=" + port)))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("public.port");
            assertThatThrownBy(() -> RouterServer.start(TestServer.config("internal.port=" + port)))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("internal.port");
        }
        assertNothingRuns();
    }

    @Test
    void shouldRunTwiceInOneJvm() {
        try (TestServer first = TestServer.start();
                TestServer second = TestServer.start()) {
            WebSocketClient here = first.connect("alice", TestServer.ALL);
            WebSocketClient there = second.connect("alice", TestServer.ALL);

            assertThat(here.publish("user:alice", "1").path("delivered").asInt())
                    .isEqualTo(1);

            there.assertNothingElseCame();
            here.close();
            first.router().close();
            assertThat(there.publish("user:alice", "1").path("delivered").asInt())
                    .isEqualTo(1);
        }
        assertNothingRuns();
    }

    @Test
    void shouldPublishForAnEmbedder() throws Exception {
        try (TestServer server = TestServer.start()) {
            WebSocketClient alice = server.connect("alice");
            Principal backEnd = new Principal(
                    Address.user("back-end"),
                    new Grants(List.of(AddressPattern.parse("user:*")), List.of(), false),
                    Long.MAX_VALUE / 1000);
            Command.Publish publish = new Command.Publish(
                    null, Address.user("alice"), null, RawJson.of("{\"n\":1}"), Priority.NORMAL, null);

            assertThat(server.router().router().publish(backEnd, publish).get().outcome())
                    .isEqualTo(Outcome.DELIVERED);
            assertThat(alice.read().path("from").asText()).isEqualTo("user:back-end");
            alice.close();
            server.awaitNoResidue();
            server.router().close();
            assertThatThrownBy(() ->
                            server.router().router().publish(backEnd, publish).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void shouldKeepItsPromisesInTheSelfTest() throws Exception {
        StringBuilder report = new StringBuilder();

        int violations = SelfTest.run(line -> report.append(line).append('\n'));

        assertThat(violations).as(report.toString()).isZero();
        assertThat(report).doesNotContain("FAIL");
    }

    private static void assertFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new AssertionError("port " + port + " is not free", e);
        }
    }

    /** A thread may take a moment to end after its loop has. */
    private static void assertNothingRuns() {
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ws-router-") && !name.equals("ws-router-verifier")));
    }
}
