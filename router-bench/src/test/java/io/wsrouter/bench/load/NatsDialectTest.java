package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NatsDialectTest {

    private static final String MINE = "MSG user.me 1 4\r\nabcd\r\n";

    private final NatsDialect dialect = new NatsDialect();
    private final RecordingLine line = new RecordingLine();
    private final Dialect.Conversation conversation =
            dialect.converse(line, new Dialect.Role(dialect.address(false, "me"), false, 4));

    @Test
    void shouldPublish() {
        byte[] address = dialect.address(true, "news.1").getBytes(US_ASCII);
        byte[] out = new byte[address.length + 4 + dialect.overheadBytes()];

        int payload = dialect.head(out, 0, address, -1, 4);
        int end = dialect.tail(out, payload + 4);

        assertThat(new String(out, 0, end, US_ASCII)).isEqualTo("PUB topic.news.1 4\r\n\0\0\0\0\r\n");
    }

    @Test
    void shouldBeReadyWhenSubscriptionIsInEffect() {
        conversation.onOpen();
        receive("INFO {\"server_id\":\"x\"}\r\n");
        assertThat(line.heard).isEmpty();

        receive("PONG\r\n");

        assertThat(line.heard).containsExactly("ready");
        assertThat(String.join("", line.sent)).startsWith("CONNECT {").endsWith("}\r\nSUB user.me 1\r\nPING\r\n");
    }

    @Test
    void shouldReadMessagesHoweverTheyAreCut() {
        String stream = MINE + "PING\r\n" + MINE;
        for (int cut = 0; cut <= stream.length(); cut++) {
            line.heard.clear();
            line.sent.clear();

            receive(stream.substring(0, cut));
            receive(stream.substring(cut));

            assertThat(line.heard).as("cut at " + cut).containsExactly("abcd here", "abcd here");
            assertThat(line.sent).containsExactly("PONG\r\n");
        }
    }

    @Test
    void shouldSayWhatIsForAnotherOrNotAsPlanned() {
        receive("MSG user.me2 1 4\r\nabcd\r\nMSG user.me 1 3\r\nabc\r\n-ERR 'Slow Consumer'\r\n");

        assertThat(line.heard).containsExactly("abcd elsewhere", "garbled", "strange -ERR 'Slow Consumer'");
    }

    private void receive(String text) {
        byte[] bytes = ("##" + text).getBytes(US_ASCII);
        conversation.onFrame(bytes, 2, bytes.length);
    }

    private static final class RecordingLine implements Dialect.Line {

        private final List<String> sent = new ArrayList<>();
        private final List<String> heard = new ArrayList<>();

        @Override
        public void send(byte[] frame) {
            sent.add(new String(frame, US_ASCII));
        }

        @Override
        public void onReady() {
            heard.add("ready");
        }

        @Override
        public void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere) {
            heard.add(new String(bytes, payloadFrom, payloadTo - payloadFrom, US_ASCII)
                    + (isAddressedHere ? " here" : " elsewhere"));
        }

        @Override
        public void onGarbled() {
            heard.add("garbled");
        }

        @Override
        public void onReceipt(Dialect.Receipt receipt) {
            heard.add("receipt");
        }

        @Override
        public void onStrange(String what) {
            heard.add("strange " + what);
        }
    }
}
