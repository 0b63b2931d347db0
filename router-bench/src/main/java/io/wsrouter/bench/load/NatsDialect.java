package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The NATS client protocol over WebSocket, as nats-server speaks it. Users are subjects {@code user.<name>}, topics
 * {@code topic.<name>}; whoever connects may publish and subscribe to anything. What the server writes is a stream: a frame may
 * hold several messages, or a part of one.
 *
 * @see <a href="https://docs.nats.io/reference/reference-protocols/nats-protocol">The protocol</a>
 */
final class NatsDialect implements Dialect {

    private static final byte[] PUBLISH = ascii("PUB ");
    private static final byte[] LINE_END = ascii("\r\n");
    private static final int LENGTH_DIGITS = 10;

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public boolean hasReceipts() {
        return false;
    }

    @Override
    public boolean isBinary() {
        return true;
    }

    @Override
    public String headers(String token) {
        return "";
    }

    @Override
    public String address(boolean isTopic, String name) {
        return (isTopic ? "topic." : "user.") + name;
    }

    @Override
    public int overheadBytes() {
        return PUBLISH.length + 1 + LENGTH_DIGITS + 2 * LINE_END.length;
    }

    @Override
    public int head(byte[] out, int at, byte[] address, long id, int payloadBytes) {
        int end = append(out, append(out, at, PUBLISH), address);
        return append(out, end, ascii(" " + payloadBytes + "\r\n"));
    }

    @Override
    public int tail(byte[] out, int at) {
        return append(out, at, LINE_END);
    }

    private static int append(byte[] out, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
        return at + bytes.length;
    }

    @Override
    public Conversation converse(Line line, Role role) {
        return new NatsConversation(line, role);
    }

    private static final class NatsConversation implements Conversation {

        private static final byte[] CONNECT =
                ascii("CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":false,"
                        + "\"lang\":\"java\",\"version\":\"1\",\"protocol\":1}\r\n");
        private static final byte[] PING = ascii("PING\r\n");
        private static final byte[] PONG = ascii("PONG\r\n");
        private static final byte[] MESSAGE = ascii("MSG ");
        private static final String SUBSCRIPTION = "1";

        private final Line line;
        private final Role role;
        private final byte[] subject;
        private boolean isReady;
        private byte[] partial = {};

        NatsConversation(Line line, Role role) {
            this.line = line;
            this.role = role;
            this.subject = ascii(role.listensTo() + ' ');
        }

        /** The answer to the ping tells that the subscription is in effect. */
        @Override
        public void onOpen() {
            line.send(CONNECT);
            if (role.isReceiver()) {
                line.send(ascii("SUB " + role.listensTo() + ' ' + SUBSCRIPTION + "\r\n"));
            }
            line.send(PING);
        }

        @Override
        public void onFrame(byte[] bytes, int from, int to) {
            if (partial.length == 0) {
                int done = readAll(bytes, from, to);
                partial = done == to ? partial : Arrays.copyOfRange(bytes, done, to);
                return;
            }
            byte[] joined = Arrays.copyOf(partial, partial.length + to - from);
            System.arraycopy(bytes, from, joined, partial.length, to - from);
            partial = Arrays.copyOfRange(joined, readAll(joined, 0, joined.length), joined.length);
        }

        /** Takes in what is whole and tells where it ends. */
        private int readAll(byte[] bytes, int from, int to) {
            int at = from;
            for (int end = readOne(bytes, at, to); end > at; end = readOne(bytes, at, to)) {
                at = end;
            }
            return at;
        }

        /** Takes in one protocol message and tells where it ends: {@code from} when it is not whole. */
        private int readOne(byte[] bytes, int from, int to) {
            int lineEnd = lineEnd(bytes, from, to);
            if (lineEnd < 0) {
                return from;
            }
            if (!startsWith(bytes, from, lineEnd, MESSAGE)) {
                onLine(new String(bytes, from, lineEnd - from, UTF_8));
                return lineEnd + LINE_END.length;
            }
            int payload = lineEnd + LINE_END.length;
            int length = length(bytes, from, lineEnd);
            if (to - payload < length + LINE_END.length) {
                return from;
            }
            if (length == role.payloadBytes()) {
                line.onMessage(
                        bytes, payload, payload + length, isAddressedHere(bytes, from + MESSAGE.length, lineEnd));
            } else {
                line.onGarbled();
            }
            return payload + length + LINE_END.length;
        }

        private void onLine(String text) {
            if (text.equals("PING")) {
                line.send(PONG);
            } else if (text.equals("PONG") && !isReady) {
                isReady = true;
                line.onReady();
            } else if (!text.startsWith("INFO ")) {
                line.onStrange(text.startsWith("-ERR") ? text : "no message of the protocol");
            }
        }

        private static int lineEnd(byte[] bytes, int from, int to) {
            for (int at = from; at + 1 < to; at++) {
                if (bytes[at] == '\r' && bytes[at + 1] == '\n') {
                    return at;
                }
            }
            return -1;
        }

        /** The number at the end of the line. */
        private static int length(byte[] bytes, int from, int lineEnd) {
            int length = 0;
            int unit = 1;
            for (int at = lineEnd - 1; at > from && bytes[at] >= '0' && bytes[at] <= '9'; at--) {
                length += (bytes[at] - '0') * unit;
                unit *= 10;
            }
            return length;
        }

        private boolean isAddressedHere(byte[] bytes, int from, int lineEnd) {
            return role.isReceiver() && startsWith(bytes, from, lineEnd, subject);
        }

        private static boolean startsWith(byte[] bytes, int from, int end, byte[] start) {
            return end - from >= start.length
                    && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
        }
    }
}
