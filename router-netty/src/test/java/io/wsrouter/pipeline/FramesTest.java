package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, frame by frame. */
final class FramesTest {

    private static final String PING = "{\"type\":\"ping\",\"id\":\"1\"}";

    @AutoClose
    private static final TestServer SERVER = TestServer.start(
            "loops=2",
            "limits.message-bytes=1KiB",
            "limits.messages-per-second=unlimited",
            "limits.messages-per-second-per-user=unlimited");

    @AutoClose
    private final WebSocketClient alice = SERVER.connect("alice");

    @ParameterizedTest
    @MethodSource
    void shouldCloseWithOneFrame(String what, byte[] bytes, int code, String reason) {
        alice.socket().send(bytes);
        alice.socket().send(Frame.text(PING).masked());

        Frame close = alice.awaitClose();

        assertThat(close.closeCode()).as(what).isEqualTo(code);
        assertThat(close.closeReason()).as(what).isEqualTo(reason);
        SERVER.awaitNoResidue();
    }

    static Stream<Arguments> shouldCloseWithOneFrame() {
        byte[] ping = PING.getBytes(UTF_8);
        byte[] euro = {(byte) 0xE2, (byte) 0x82};
        return Stream.of(
                broken("binary", Frame.of(Frame.BINARY, ping).masked(), 1003, "binary_frame"),
                broken(
                        "fragmented binary",
                        concat(
                                Frame.fragment(Frame.BINARY, false, ping).masked(),
                                Frame.fragment(Frame.CONTINUATION, true, ping).masked()),
                        1003,
                        "binary_frame"),
                broken(
                        "invalid UTF-8",
                        Frame.of(Frame.TEXT, new byte[] {'"', (byte) 0xC0, '"'}).masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "overlong",
                        Frame.of(Frame.TEXT, new byte[] {(byte) 0xC0, (byte) 0xAF})
                                .masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "surrogate",
                        Frame.of(Frame.TEXT, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})
                                .masked(),
                        1007,
                        "invalid_utf8"),
                broken("truncated UTF-8", Frame.of(Frame.TEXT, euro).masked(), 1007, "invalid_utf8"),
                broken(
                        "truncated UTF-8 in fragments",
                        concat(
                                Frame.fragment(Frame.TEXT, false, euro).masked(),
                                Frame.fragment(Frame.CONTINUATION, true, new byte[0])
                                        .masked()),
                        1007,
                        "invalid_utf8"),
                broken(
                        "overlong in three bytes",
                        Frame.of(Frame.TEXT, bytes(0xE0, 0x80, 0xAF)).masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "overlong in four bytes",
                        Frame.of(Frame.TEXT, bytes(0xF0, 0x80, 0x80, 0xAF)).masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "beyond U+10FFFF",
                        Frame.of(Frame.TEXT, bytes(0xF4, 0x90, 0x80, 0x80)).masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "byte F5",
                        Frame.of(Frame.TEXT, bytes(0xF5, 0x80, 0x80, 0x80)).masked(),
                        1007,
                        "invalid_utf8"),
                broken("byte FF", Frame.of(Frame.TEXT, bytes(0xFF)).masked(), 1007, "invalid_utf8"),
                broken(
                        "a continuation byte alone",
                        Frame.of(Frame.TEXT, bytes(0x80)).masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "a pair of surrogates",
                        Frame.of(Frame.TEXT, bytes(0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80))
                                .masked(),
                        1007,
                        "invalid_utf8"),
                broken(
                        "invalid UTF-8 in the second fragment",
                        concat(
                                Frame.fragment(Frame.TEXT, false, bytes('"')).masked(),
                                Frame.fragment(Frame.CONTINUATION, true, bytes(0xC0, '"'))
                                        .masked()),
                        1007,
                        "invalid_utf8"),
                broken(
                        "a character whose second half is none",
                        concat(
                                Frame.fragment(Frame.TEXT, false, bytes(0xE2, 0x82))
                                        .masked(),
                                Frame.fragment(Frame.CONTINUATION, true, bytes('x'))
                                        .masked()),
                        1007,
                        "invalid_utf8"),
                broken(
                        "a surrogate split between fragments",
                        concat(
                                Frame.fragment(Frame.TEXT, false, bytes(0xED)).masked(),
                                Frame.fragment(Frame.CONTINUATION, true, bytes(0xA0, 0x80))
                                        .masked()),
                        1007,
                        "invalid_utf8"),
                broken(
                        "a character split by a ping and never ended",
                        concat(
                                concat(
                                        Frame.fragment(Frame.TEXT, false, euro).masked(),
                                        Frame.of(Frame.PONG, new byte[0]).masked()),
                                Frame.fragment(Frame.CONTINUATION, true, new byte[0])
                                        .masked()),
                        1007,
                        "invalid_utf8"),
                broken("unmasked ping", Frame.of(Frame.PING, new byte[0]).unmasked(), 1002, "protocol_error"),
                broken("unmasked close", Frame.close(1000, "").unmasked(), 1002, "protocol_error"),
                broken(
                        "unmasked continuation",
                        concat(
                                Frame.fragment(Frame.TEXT, false, ping).masked(),
                                Frame.fragment(Frame.CONTINUATION, true, ping).unmasked()),
                        1002,
                        "protocol_error"),
                broken("RSV1 on a ping", new Frame(0xC9, new byte[0]).masked(), 1002, "protocol_error"),
                broken("RSV1 on a close", new Frame(0xC8, new byte[0]).masked(), 1002, "protocol_error"),
                broken(
                        "RSV1 on a continuation",
                        concat(Frame.fragment(Frame.TEXT, false, ping).masked(), new Frame(0xC0, ping).masked()),
                        1002,
                        "protocol_error"),
                broken("opcode 4", Frame.of(0x4, ping).masked(), 1002, "protocol_error"),
                broken("opcode 5", Frame.of(0x5, ping).masked(), 1002, "protocol_error"),
                broken("opcode 6", Frame.of(0x6, ping).masked(), 1002, "protocol_error"),
                broken("opcode 12", Frame.of(0xC, new byte[0]).masked(), 1002, "protocol_error"),
                broken("opcode 13", Frame.of(0xD, new byte[0]).masked(), 1002, "protocol_error"),
                broken("opcode 14", Frame.of(0xE, new byte[0]).masked(), 1002, "protocol_error"),
                broken(
                        "fragmented pong",
                        Frame.fragment(Frame.PONG, false, new byte[0]).masked(),
                        1002,
                        "protocol_error"),
                broken(
                        "fragmented close",
                        Frame.fragment(Frame.CLOSE, false, new byte[0]).masked(),
                        1002,
                        "protocol_error"),
                broken("long pong", Frame.of(Frame.PONG, new byte[126]).masked(), 1002, "protocol_error"),
                broken("long close", Frame.close(1000, "x".repeat(124)).masked(), 1002, "protocol_error"),
                broken(
                        "continuation after the end",
                        concat(
                                concat(
                                        Frame.fragment(Frame.TEXT, false, new byte[0])
                                                .masked(),
                                        Frame.fragment(Frame.CONTINUATION, true, spaces(1))
                                                .masked()),
                                Frame.fragment(Frame.CONTINUATION, true, ping).masked()),
                        1002,
                        "protocol_error"),
                broken(
                        "binary within fragments",
                        concat(
                                Frame.fragment(Frame.TEXT, false, ping).masked(),
                                Frame.of(Frame.BINARY, ping).masked()),
                        1002,
                        "protocol_error"),
                broken("close 1016", Frame.close(1016, "").masked(), 1002, "protocol_error"),
                broken("close 1999", Frame.close(1999, "").masked(), 1002, "protocol_error"),
                broken("close 5000", Frame.close(5000, "").masked(), 1002, "protocol_error"),
                broken("unmasked", Frame.text(PING).unmasked(), 1002, "protocol_error"),
                broken("RSV1", new Frame(0xC1, ping).masked(), 1002, "protocol_error"),
                broken("RSV2", new Frame(0xA1, ping).masked(), 1002, "protocol_error"),
                broken("RSV3", new Frame(0x91, ping).masked(), 1002, "protocol_error"),
                broken("opcode 3", Frame.of(0x3, ping).masked(), 1002, "protocol_error"),
                broken("opcode 7", Frame.of(0x7, ping).masked(), 1002, "protocol_error"),
                broken("opcode 11", Frame.of(0xB, new byte[0]).masked(), 1002, "protocol_error"),
                broken("opcode 15", Frame.of(0xF, new byte[0]).masked(), 1002, "protocol_error"),
                broken(
                        "fragmented ping",
                        Frame.fragment(Frame.PING, false, new byte[0]).masked(),
                        1002,
                        "protocol_error"),
                broken("long ping", Frame.of(Frame.PING, new byte[126]).masked(), 1002, "protocol_error"),
                broken(
                        "continuation of nothing",
                        Frame.of(Frame.CONTINUATION, ping).masked(),
                        1002,
                        "protocol_error"),
                broken(
                        "text within fragments",
                        concat(
                                Frame.fragment(Frame.TEXT, false, ping).masked(),
                                Frame.text(PING).masked()),
                        1002,
                        "protocol_error"),
                broken("close of one byte", Frame.of(Frame.CLOSE, new byte[1]).masked(), 1002, "protocol_error"),
                broken("close 0", Frame.close(0, "").masked(), 1002, "protocol_error"),
                broken("close 999", Frame.close(999, "").masked(), 1002, "protocol_error"),
                broken("close 1004", Frame.close(1004, "").masked(), 1002, "protocol_error"),
                broken("close 1005", Frame.close(1005, "").masked(), 1002, "protocol_error"),
                broken("close 1006", Frame.close(1006, "").masked(), 1002, "protocol_error"),
                broken("close 1015", Frame.close(1015, "").masked(), 1002, "protocol_error"),
                broken("close 2999", Frame.close(2999, "").masked(), 1002, "protocol_error"),
                broken("close 65535", Frame.close(65535, "").masked(), 1002, "protocol_error"),
                broken(
                        "close reason in bad UTF-8",
                        Frame.of(Frame.CLOSE, new byte[] {0x03, (byte) 0xE8, (byte) 0xFF})
                                .masked(),
                        1007,
                        "invalid_utf8"),
                broken("too big", Frame.of(Frame.TEXT, new byte[1025]).masked(), 1009, "message_too_big"),
                broken("much too big", Frame.of(Frame.TEXT, new byte[70_000]).masked(), 1009, "message_too_big"),
                broken(
                        "a length of 2^62",
                        new byte[] {(byte) 0x81, (byte) 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0},
                        1009,
                        "message_too_big"),
                broken(
                        "too big in fragments",
                        concat(
                                Frame.fragment(Frame.TEXT, false, spaces(600)).masked(),
                                Frame.fragment(Frame.CONTINUATION, false, spaces(600))
                                        .masked()),
                        1009,
                        "message_too_big"),
                broken(
                        "a negative length",
                        new byte[] {(byte) 0x81, (byte) 0xFF, (byte) 0x80, 0, 0, 0, 0, 0, 0, 1},
                        1002,
                        "protocol_error"),
                broken(
                        "a length of 5 in 16 bits",
                        new byte[] {(byte) 0x81, (byte) 0xFE, 0, 5, 0, 0, 0, 0},
                        1002,
                        "protocol_error"));
    }

    @Test
    void shouldCloseOnceHoweverMuchIsWrong() {
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes(Frame.text(PING).masked());
        segment.writeBytes(Frame.of(Frame.BINARY, new byte[1]).masked());
        segment.writeBytes(Frame.of(Frame.TEXT, bytes(0xFF)).masked());
        segment.writeBytes(Frame.of(0x3, new byte[0]).masked());
        segment.writeBytes(Frame.of(Frame.TEXT, new byte[2000]).masked());
        segment.writeBytes(Frame.close(1000, "").masked());
        segment.writeBytes(Frame.close(1000, "").masked());

        alice.socket().send(segment.toByteArray());

        assertThat(alice.read().path("type").asText()).isEqualTo("pong");
        assertThat(alice.awaitClose().closeCode()).isEqualTo(1003);
        SERVER.awaitNoResidue();
    }

    @Test
    void shouldJoinFragmentsAroundControlFrames() {
        byte[] text = PING.getBytes(UTF_8);
        alice.send(Frame.fragment(Frame.TEXT, false, Arrays.copyOf(text, 5)));
        alice.send(Frame.of(Frame.PING, new byte[] {7}));
        alice.send(Frame.fragment(Frame.CONTINUATION, false, new byte[0]));
        alice.send(Frame.of(Frame.PONG, new byte[] {8}));
        alice.send(Frame.fragment(Frame.CONTINUATION, true, Arrays.copyOfRange(text, 5, text.length)));

        Frame pong = alice.readFrame();
        assertThat(pong.opcode()).isEqualTo(Frame.PONG);
        assertThat(pong.payload()).containsExactly(7);
        assertThat(alice.read().toString()).isEqualTo("{\"type\":\"pong\",\"id\":\"1\"}");
    }

    @Test
    void shouldJoinACharacterThatIsSplitBetweenFragments() {
        byte[] text = "{\"type\":\"ping\",\"id\":\"\u20ac\"}".getBytes(UTF_8);
        int middle = new String(text, UTF_8).indexOf('\u20ac') + 1;
        alice.send(Frame.fragment(Frame.TEXT, false, Arrays.copyOf(text, middle)));
        alice.send(Frame.fragment(Frame.CONTINUATION, true, Arrays.copyOfRange(text, middle, text.length)));

        assertThat(alice.read().path("id").asText()).isEqualTo("\u20ac");
    }

    @Test
    void shouldReadFramesByteByByteAndManyInOneSegment() {
        for (byte b : Frame.text(PING).masked()) {
            alice.socket().send(new byte[] {b});
        }
        assertThat(alice.read().path("type").asText()).isEqualTo("pong");

        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            segment.writeBytes(Frame.text(PING).masked());
        }
        alice.socket().send(segment.toByteArray());
        for (int i = 0; i < 300; i++) {
            assertThat(alice.read().path("type").asText()).isEqualTo("pong");
        }
        alice.assertNothingElseCame();
    }

    @Test
    void shouldTakeExactlyTheLargestMessageInFragments() {
        byte[] text = Arrays.copyOf(PING.getBytes(UTF_8), 1024);
        Arrays.fill(text, PING.length(), 1024, (byte) ' ');

        alice.send(Frame.fragment(Frame.TEXT, false, Arrays.copyOf(text, 1000)));
        alice.send(Frame.fragment(Frame.CONTINUATION, true, Arrays.copyOfRange(text, 1000, 1024)));

        assertThat(alice.read().path("type").asText()).isEqualTo("pong");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999})
    void shouldEchoTheCodeOfTheClient(int code) {
        alice.send(Frame.close(code, "bye"));
        alice.send(PING);

        assertThat(alice.awaitClose().closeCode()).isEqualTo(code);
        SERVER.awaitNoResidue();
    }

    @Test
    void shouldAnswerACloseWithoutACode() {
        alice.send(Frame.of(Frame.CLOSE, new byte[0]));

        assertThat(alice.awaitClose().payload()).isEmpty();
    }

    @Test
    void shouldAnswerWhatCameBeforeTheClose() {
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes(Frame.text("{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:alice\",\"data\":1}")
                .masked());
        segment.writeBytes(Frame.text(PING).masked());
        segment.writeBytes(Frame.close(1000, "").masked());

        alice.socket().send(segment.toByteArray());

        assertThat(alice.read().path("type").asText()).isEqualTo("message");
        assertThat(alice.read().path("type").asText()).isEqualTo("pong");
        assertThat(alice.awaitClose().closeCode()).isEqualTo(1000);
    }

    @Test
    void shouldCloseTheSocketOfAClientThatAnswersACloseWithNothing() {
        alice.send(Frame.of(Frame.BINARY, new byte[0]));
        assertThat(alice.awaitClose().closeCode()).isEqualTo(1003);

        alice.socket().shutDownOutput();

        SERVER.awaitNoResidue();
    }

    @Test
    void shouldSurviveClientsThatVanish() {
        TestSocket half = alice.socket();
        half.send(Arrays.copyOf(Frame.text(PING).masked(), 7));
        half.shutDownOutput();
        assertThat(half.readToEnd()).isEmpty();
        WebSocketClient bob = SERVER.connect("bob");
        bob.socket().send(Arrays.copyOf(Frame.text(PING).masked(), 7));
        bob.socket().reset();
        WebSocketClient carol = SERVER.connect("carol");
        carol.send(Frame.fragment(Frame.TEXT, false, new byte[] {'{'}));
        carol.socket().reset();

        SERVER.awaitNoResidue();
    }

    private static Arguments broken(String what, byte[] bytes, int code, String reason) {
        return Arguments.of(what, bytes, code, reason);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] spaces(int length) {
        return " ".repeat(length).getBytes(UTF_8);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
