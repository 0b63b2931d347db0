package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/** A client that sends whatever bytes it is told to and reads only when asked. Belongs to one thread. */
public final class WebSocketClient implements AutoCloseable {

    private final TestSocket socket;
    private final JsonNode welcome;
    private int commands;

    private WebSocketClient(TestSocket socket, JsonNode welcome) {
        this.socket = socket;
        this.welcome = welcome;
    }

    /** Sends a handshake that has to succeed, and reads up to the welcome. */
    public static WebSocketClient open(TestSocket socket, Handshake handshake) {
        socket.send(handshake.bytes());
        TestSocket.Response response = socket.readResponse();
        assertThat(response.status()).as(response.body()).isEqualTo(101);
        return afterTheResponse(socket);
    }

    /** A client whose 101 has been read; reads the welcome. */
    public static WebSocketClient afterTheResponse(TestSocket socket) {
        Frame first = Frame.read(socket);
        assertThat(first).as("first frame").isNotNull();
        JsonNode welcome = TestJson.parse(first.text());
        assertThat(welcome.path("type").asText()).isEqualTo("welcome");
        return new WebSocketClient(socket, welcome);
    }

    public JsonNode welcome() {
        return welcome;
    }

    /** Its id. */
    public String id() {
        return welcome.path("connection").asText();
    }

    public TestSocket socket() {
        return socket;
    }

    // ---- out

    public void send(String text) {
        Confidential.keepPayloadOf(text);
        send(Frame.text(text));
    }

    public void send(Frame frame) {
        socket.send(frame.masked());
    }

    /** Publishes and returns the receipt; what comes before it is skipped. */
    public JsonNode publish(String to, String data) {
        String id = "publish-" + ++commands;
        send("{\"type\":\"publish\",\"id\":\"" + id + "\",\"to\":\"" + to + "\",\"data\":" + data + "}");
        JsonNode receipt = await("receipt");
        assertThat(receipt.path("id").asText()).isEqualTo(id);
        return receipt;
    }

    /** Subscribes, and waits until that is confirmed. */
    public void subscribe(String topic) {
        String id = "subscribe-" + ++commands;
        send("{\"type\":\"subscribe\",\"id\":\"" + id + "\",\"to\":\"" + topic + "\"}");
        assertThat(await("ok").path("id").asText()).isEqualTo(id);
    }

    // ---- in

    /** The next frame, or null at the end of the stream. */
    public Frame readFrame() {
        return Frame.read(socket);
    }

    /** The next push, which has to be the next frame. */
    public JsonNode read() {
        Frame frame = readFrame();
        assertThat(frame).as("the next frame").isNotNull();
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(Frame.TEXT);
        return TestJson.parse(frame.text());
    }

    /** Skips to the next push of a type. */
    public JsonNode await(String type) {
        while (true) {
            Frame frame = readFrame();
            if (frame == null || frame.opcode() == Frame.CLOSE) {
                throw new AssertionError("closed before a " + type + ": "
                        + (frame == null ? "the end" : frame.closeCode() + " " + frame.closeReason()));
            }
            if (frame.opcode() == Frame.TEXT) {
                JsonNode push = TestJson.parse(frame.text());
                if (push.path("type").asText().equals(type)) {
                    return push;
                }
            }
        }
    }

    /** Skips to the close frame, which has to be the last one, and waits for the end of the stream. */
    public Frame awaitClose() {
        while (true) {
            Frame frame = readFrame();
            assertThat(frame).as("a close frame before the end of the stream").isNotNull();
            if (frame.opcode() == Frame.CLOSE) {
                assertThat(socket.readToEnd()).as("bytes after the close frame").isEmpty();
                return frame;
            }
        }
    }

    /** Asks for a pong and fails when anything else comes before it. */
    public void assertNothingElseCame() {
        send("{\"type\":\"ping\",\"id\":\"nothing else\"}");
        assertThat(read().toString()).isEqualTo("{\"type\":\"pong\",\"id\":\"nothing else\"}");
    }

    /** Ends it as RFC 6455 wants. */
    public void closePolitely() {
        send(Frame.close(1000, ""));
        awaitClose();
        socket.close();
    }

    @Override
    public void close() {
        socket.close();
    }
}
