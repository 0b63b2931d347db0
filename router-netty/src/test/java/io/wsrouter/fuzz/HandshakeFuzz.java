package io.wsrouter.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.wsrouter.metrics.Metric;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import java.util.Set;

/**
 * The public port of a router, over real sockets: whatever comes, at most one answer goes back, one of those documented, and
 * a whole head always gets one. <code>$T</code> in an input stands for a good token.
 */
public final class HandshakeFuzz {

    private static final Set<Integer> STATUSES = Set.of(101, 204, 400, 401, 403, 404, 405, 421, 426, 429, 431, 503);
    private static final int INPUTS_BETWEEN_CHECKS = 500;

    private static final TestServer SERVER = TestServer.start(
            "loops=1",
            "limits.handshakes-per-second=unlimited",
            "limits.connections-per-ip=unlimited",
            "limits.connections-per-user=unlimited");
    private static final String TOKEN = SERVER.token("alice");
    private static int inputs;

    private HandshakeFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        String request = new String(bytes, ISO_8859_1).replace("$T", TOKEN);
        try (TestSocket socket = TestSocket.open(SERVER.router().publicPort())) {
            socket.send(request.getBytes(ISO_8859_1));
            if (!request.contains("\r\n\r\n")) {
                socket.shutDownOutput();
            }
            readAnswer(socket, request);
            socket.reset();
        }
        if (++inputs % INPUTS_BETWEEN_CHECKS == 0) {
            requireNoFaults();
        }
    }

    private static void readAnswer(TestSocket socket, String request) {
        if (socket.read() < 0) {
            if (request.stripLeading().contains("\r\n\r\n")) {
                throw new AssertionError("a whole head without an answer: " + request);
            }
            return;
        }
        Response response = socket.readResponse();
        if (!STATUSES.contains(response.status())) {
            throw new AssertionError("status " + response.status() + " to " + request);
        }
        if (response.status() != 101 && socket.readToEnd().length > 0) {
            throw new AssertionError("more than one answer to " + request);
        }
        if (response.body().contains(TOKEN) || response.headers().toString().contains(TOKEN)) {
            throw new AssertionError("the token came back after " + request);
        }
    }

    private static void requireNoFaults() {
        long faults = SERVER.router().router().stats().join().counts().getOrDefault(Metric.BUGS, 0L);
        if (faults > 0) {
            throw new AssertionError(faults + " faults of the router");
        }
    }
}
