package io.wsrouter.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Failures that hide behind other addresses, and headers of proxies that are none. 127.0.0.1 is a trusted proxy, and no other. */
final class BadProxies {

    private static final String LIMITED = "429 too_many_failures_of_ip";
    private static final String CLOSED = "closed without an answer";
    private static final String PROXY = "127.0.0.1";
    private static final int MOST_ATTEMPTS = 20;

    private BadProxies() {}

    static List<BadInput> all() {
        return List.of(
                failing("a bad token, then a good one", "127.0.0.2", List.of(), List.of()),
                failing(
                        "X-Forwarded-For of a stranger, another address each time",
                        "127.0.0.3",
                        List.of("198.51.100.1"),
                        List.of("198.51.100.2")),
                failing(
                        "X-Forwarded-For of a stranger who names the proxy",
                        "127.0.0.4",
                        List.of("198.51.100.1"),
                        List.of(PROXY)),
                failing(
                        "another address each time, left of the one that the proxy wrote",
                        PROXY,
                        List.of("203.0.113.1, 198.51.100.11"),
                        List.of("203.0.113.2, 198.51.100.11")),
                failing(
                        "the same in a header of its own",
                        PROXY,
                        List.of("203.0.113.1", "198.51.100.12"),
                        List.of("203.0.113.2", "198.51.100.12")),
                failing(
                        "the proxy's address left of the one that it wrote",
                        PROXY,
                        List.of("198.51.100.13"),
                        List.of(PROXY + ", 198.51.100.13")),
                failing(
                        "what is no address, left of the one that the proxy wrote",
                        PROXY,
                        List.of("198.51.100.14"),
                        List.of("unknown, 198.51.100.14")),
                failing(
                        "the same client as IPv4 and as IPv6",
                        PROXY,
                        List.of("198.51.100.15"),
                        List.of("::ffff:198.51.100.15")),
                failing(
                        "another address of the same IPv6 network",
                        PROXY,
                        List.of("2001:db8:7:1::1"),
                        List.of("2001:db8:7:1:ffff::2")),
                failing(
                        "another port of the same client",
                        PROXY,
                        List.of("198.51.100.16:4711"),
                        List.of("198.51.100.16:4712")),
                header("a request without a PROXY header", ""),
                header("a PROXY header of a word", "PROXY\r\n"),
                header("a PROXY header in lower case", "proxy TCP4 198.51.100.1 192.0.2.1 4711 443\r\n"),
                header("a PROXY header of an unknown protocol", "PROXY UDP4 198.51.100.1 192.0.2.1 4711 443\r\n"),
                header("a PROXY header with a name for an address", "PROXY TCP4 client.example 192.0.2.1 4711 443\r\n"),
                header("a PROXY header with IPv6 under TCP4", "PROXY TCP4 2001:db8::1 2001:db8::2 4711 443\r\n"),
                header("a PROXY header with port 65536", "PROXY TCP4 198.51.100.1 192.0.2.1 65536 443\r\n"),
                header("a PROXY header without ports", "PROXY TCP4 198.51.100.1 192.0.2.1\r\n"),
                header("a PROXY header that goes on for 200 characters", "PROXY TCP4 " + "1".repeat(200) + "\r\n"),
                header(
                        "two PROXY headers",
                        "PROXY TCP4 198.51.100.1 192.0.2.1 4711 443\r\n".repeat(2),
                        "400 head_malformed"),
                header("version 2 with version 3 in it", version2(0x31, 0x11, 12)),
                header("version 2 with an unknown command", version2(0x2F, 0x11, 12)),
                header("version 2 with a length too short for its addresses", version2(0x21, 0x11, 4)),
                header(
                        "a signature of version 2 that is cut",
                        version2(0x21, 0x11, 12).substring(0, 8) + "GET"),
                new BadInput(
                        BadInput.Section.PROXIES,
                        "a good PROXY header of a stranger",
                        CLOSED,
                        arena -> answer(
                                arena.withProxyProtocol().openFrom("127.0.0.2"),
                                "PROXY TCP4 198.51.100.1 192.0.2.1 4711 443\r\n",
                                goodToken(arena.withProxyProtocol()))));
    }

    /** A bad token under the first header, then a good one under the second, soon enough that they count together. */
    private static BadInput failing(String what, String from, List<String> first, List<String> second) {
        return new BadInput(BadInput.Section.PROXIES, what, LIMITED, arena -> {
            TestServer server = arena.behindProxies();
            String answer = "";
            for (int left = MOST_ATTEMPTS; left > 0 && !answer.equals(LIMITED); left--) {
                answer(server.openFrom(from), "", forwarded(server.handshake().bearer("nonsense"), first));
                answer = answer(server.openFrom(from), "", forwarded(goodToken(server), second));
            }
            return answer;
        });
    }

    private static BadInput header(String what, String header) {
        return header(what, header, CLOSED);
    }

    private static BadInput header(String what, String header, String answer) {
        return new BadInput(BadInput.Section.PROXIES, what, answer, arena -> {
            TestServer server = arena.withProxyProtocol();
            return answer(server.openFrom(PROXY), header, goodToken(server));
        });
    }

    private static Handshake goodToken(TestServer server) {
        return server.handshake().bearer(server.token("mallory"));
    }

    private static Handshake forwarded(Handshake handshake, List<String> headers) {
        Handshake forwarded = handshake;
        for (String header : headers) {
            forwarded = forwarded.with("X-Forwarded-For", header);
        }
        return forwarded;
    }

    private static String answer(TestSocket socket, String before, Handshake handshake) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(before.getBytes(ISO_8859_1));
        bytes.writeBytes(handshake.bytes());
        try (socket) {
            socket.send(bytes.toByteArray());
            return Arena.answerAndEnd(socket);
        }
    }

    /** The binary header of a TCP connection over IPv4, with these bytes for version and command, family and length. */
    private static String version2(int versionAndCommand, int family, int length) {
        byte[] address = {(byte) 198, 51, 100, 1, (byte) 192, 0, 2, 1, 0x12, 0x34, 0x01, (byte) 0xBB};
        return "\r\n\r\n\u0000\r\nQUIT\n"
                + (char) versionAndCommand
                + (char) family
                + (char) 0
                + (char) length
                + new String(address, ISO_8859_1);
    }
}
