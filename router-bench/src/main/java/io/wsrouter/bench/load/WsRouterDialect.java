package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/** {@code ws-router.v1.json}, see {@code docs/protocol.md}. Messages are found by comparing bytes; only the rest is parsed. */
final class WsRouterDialect implements Dialect {

    private static final byte[] PUBLISH = utf8("{\"type\":\"publish\",\"to\":\"");
    private static final byte[] ID = utf8("\",\"id\":\"");
    private static final byte[] DATA = utf8("\",\"data\":\"");
    private static final byte[] END = utf8("\"}");
    private static final int ID_DIGITS = 20;

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public String name() {
        return "ws-router";
    }

    @Override
    public boolean hasReceipts() {
        return true;
    }

    @Override
    public boolean isBinary() {
        return false;
    }

    @Override
    public String headers(String token) {
        return "Sec-WebSocket-Protocol: ws-router.v1.json\r\nAuthorization: Bearer " + token + "\r\n";
    }

    @Override
    public String address(boolean isTopic, String name) {
        return (isTopic ? "topic:" : "user:") + name;
    }

    @Override
    public int overheadBytes() {
        return PUBLISH.length + ID.length + ID_DIGITS + DATA.length + END.length;
    }

    @Override
    public int head(byte[] out, int at, byte[] address, long id, int payloadBytes) {
        int end = append(out, append(out, at, PUBLISH), address);
        if (id >= 0) {
            end = append(out, append(out, end, ID), id);
        }
        return append(out, end, DATA);
    }

    @Override
    public int tail(byte[] out, int at) {
        return append(out, at, END);
    }

    private static int append(byte[] out, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
        return at + bytes.length;
    }

    private static int append(byte[] out, int at, long number) {
        int digits = 1;
        for (long left = number / 10; left > 0; left /= 10) {
            digits++;
        }
        long left = number;
        for (int i = at + digits - 1; i >= at; i--) {
            out[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return at + digits;
    }

    @Override
    public Conversation converse(Line line, Role role) {
        return new JsonConversation(line, role);
    }

    private static final class JsonConversation implements Conversation {

        private static final JsonFactory JSON = new JsonFactory();
        private static final byte[] MESSAGE = utf8("{\"type\":\"message\",");
        private static final byte[] RECEIPT = utf8("{\"type\":\"receipt\",\"id\":\"");
        private static final byte[] DELIVERED =
                utf8("\",\"outcome\":\"delivered\",\"matched\":1,\"delivered\":1,\"queued\":0,\"refused\":{}}");
        private static final byte[] DATA = utf8("\"data\":\"");
        private static final String SUBSCRIPTION = "s";

        private final Line line;
        private final Role role;
        private final byte[] to;
        private final Receipt receipt = new Receipt();
        private int dataEndOffset = -1;

        JsonConversation(Line line, Role role) {
            this.line = line;
            this.role = role;
            this.to = utf8("\"to\":\"" + role.listensTo() + '"');
        }

        @Override
        public void onOpen() {
            if (role.isTopic() && role.isReceiver()) {
                line.send(utf8("{\"type\":\"subscribe\",\"id\":\"" + SUBSCRIPTION + "\",\"to\":\"" + role.listensTo()
                        + "\"}"));
            }
        }

        @Override
        public void onFrame(byte[] bytes, int from, int to) {
            if (startsWith(bytes, from, to, MESSAGE)) {
                onMessage(bytes, from, to);
            } else if (startsWith(bytes, from, to, RECEIPT) && isDelivered(bytes, from, to)) {
                line.onReceipt(receipt);
            } else {
                parse(bytes, from, to);
            }
        }

        // ---- messages

        private void onMessage(byte[] bytes, int from, int end) {
            int payload = end - dataEndOffset - role.payloadBytes();
            int payloadEnd = payload + role.payloadBytes();
            if (dataEndOffset < 0 || !isPayload(bytes, from, payload, end)) {
                int data = find(bytes, from, end, DATA);
                payload = data + DATA.length;
                payloadEnd = data < 0 ? -1 : endOfText(bytes, payload, end);
                dataEndOffset = payloadEnd - payload == role.payloadBytes() ? end - payloadEnd : -1;
            }
            if (payloadEnd < 0) {
                line.onGarbled();
            } else {
                line.onMessage(bytes, payload, payloadEnd, isAddressedHere(bytes, from, payload, payloadEnd, end));
            }
        }

        /** Mostly it is the last member, of the planned size. */
        private boolean isPayload(byte[] bytes, int from, int start, int end) {
            int quote = start + role.payloadBytes();
            return start - DATA.length >= from
                    && quote < end
                    && bytes[quote] == '"'
                    && startsWith(bytes, start - DATA.length, end, DATA);
        }

        private static int endOfText(byte[] bytes, int from, int end) {
            for (int at = from; at < end; at++) {
                if (bytes[at] == '"') {
                    return at;
                }
            }
            return -1;
        }

        private boolean isAddressedHere(byte[] bytes, int from, int payload, int payloadEnd, int end) {
            return role.isReceiver()
                    && (startsWith(bytes, from + MESSAGE.length, end, to)
                            || find(bytes, from, payload - DATA.length, to) >= 0
                            || find(bytes, payloadEnd, end, to) >= 0);
        }

        private static int find(byte[] bytes, int from, int end, byte[] wanted) {
            for (int at = from; at + wanted.length <= end; at++) {
                if (bytes[at] == wanted[0] && startsWith(bytes, at, end, wanted)) {
                    return at;
                }
            }
            return -1;
        }

        private static boolean startsWith(byte[] bytes, int from, int end, byte[] start) {
            return end - from >= start.length
                    && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
        }

        // ---- everything else

        /** Whether it is the most frequent receipt, which is then filled in. */
        private boolean isDelivered(byte[] bytes, int from, int end) {
            long id = 0;
            int at = from + RECEIPT.length;
            while (at < end && at - from < RECEIPT.length + ID_DIGITS && bytes[at] >= '0' && bytes[at] <= '9') {
                id = 10 * id + bytes[at++] - '0';
            }
            if (end - at != DELIVERED.length || !startsWith(bytes, at, end, DELIVERED)) {
                return false;
            }
            receipt.id = id;
            receipt.outcome = "delivered";
            receipt.matched = 1;
            receipt.delivered = 1;
            receipt.queued = 0;
            receipt.refused = 0;
            receipt.uncertain = 0;
            return true;
        }

        private void parse(byte[] bytes, int from, int end) {
            try (JsonParser parser = JSON.createParser(bytes, from, end - from)) {
                onPush(parser);
            } catch (IOException e) {
                line.onStrange("no JSON object");
            }
        }

        private void onPush(JsonParser parser) throws IOException {
            String type = "";
            String id = "";
            String code = "";
            clearReceipt();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "type" -> type = parser.getText();
                    case "id" -> id = parser.getText();
                    case "code" -> code = parser.getText();
                    case "outcome" -> receipt.outcome = parser.getText();
                    case "matched" -> receipt.matched = parser.getIntValue();
                    case "delivered" -> receipt.delivered = parser.getIntValue();
                    case "queued" -> receipt.queued = parser.getIntValue();
                    case "refused" -> readRefused(parser);
                    case "unknown" -> {
                        receipt.uncertain++;
                        parser.skipChildren();
                    }
                    default -> parser.skipChildren();
                }
            }
            onPush(type, id, code);
        }

        private void onPush(String type, String id, String code) {
            boolean isSubscriber = role.isTopic() && role.isReceiver();
            switch (type) {
                case "welcome" -> {
                    if (!isSubscriber) {
                        line.onReady();
                    }
                }
                case "ok" -> {
                    if (isSubscriber && id.equals(SUBSCRIPTION)) {
                        line.onReady();
                    }
                }
                case "message" -> line.onGarbled();
                case "dropped" -> {} // the receipts of what was dropped count it as refused
                case "receipt" -> {
                    receipt.id = id.matches("[0-9]{1,18}") ? Long.parseLong(id) : -1;
                    line.onReceipt(receipt);
                }
                default -> line.onStrange(code.isEmpty() ? type : type + ' ' + code);
            }
        }

        private void clearReceipt() {
            receipt.outcome = "";
            receipt.matched = 0;
            receipt.delivered = 0;
            receipt.queued = 0;
            receipt.refused = 0;
            receipt.uncertain = 0;
        }

        private void readRefused(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String outcome = parser.currentName();
                parser.nextToken();
                int count = parser.getIntValue();
                receipt.refused += count;
                receipt.uncertain += mayHaveArrived(outcome) ? count : 0;
            }
        }

        private static boolean mayHaveArrived(String outcome) {
            return outcome.equals("write_failed") || outcome.equals("unknown");
        }
    }
}
