package io.wsrouter.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.server.Frame;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Frames that end a connection (RFC 6455 section 5, and section 7.4 for close codes). */
final class BadFrames {

    private static final String BINARY = "1003 binary_frame";
    private static final String UTF8 = "1007 invalid_utf8";
    private static final String PROTOCOL = "1002 protocol_error";
    private static final String TOO_BIG = "1009 message_too_big";

    private static final byte[] TEXT = "{\"type\":\"ping\"}".getBytes(UTF_8);
    private static final byte[] NOTHING = {};

    private BadFrames() {}

    static List<BadInput> all() {
        List<BadInput> inputs = new ArrayList<>(List.of(
                frame("a binary frame", Frame.of(Frame.BINARY, TEXT), BINARY),
                frame("an empty binary frame", Frame.of(Frame.BINARY, NOTHING), BINARY),
                frames(
                        "a binary message in fragments",
                        BINARY,
                        Frame.fragment(Frame.BINARY, false, TEXT),
                        Frame.fragment(Frame.CONTINUATION, true, TEXT)),
                text("a byte that UTF-8 does not have", UTF8, '"', 0xFF, '"'),
                text("an overlong slash", UTF8, 0xC0, 0xAF),
                text("an overlong NUL", UTF8, 0xC0, 0x80),
                text("an overlong quote of three bytes", UTF8, 0xE0, 0x80, 0xA2),
                text("a surrogate in UTF-8", UTF8, 0xED, 0xA0, 0x80),
                text("a code point above U+10FFFF", UTF8, 0xF4, 0x90, 0x80, 0x80),
                text("a character cut short", UTF8, 0xE2, 0x82),
                text("a continuation byte alone", UTF8, 0x80),
                frames(
                        "a character cut short in fragments",
                        UTF8,
                        Frame.fragment(Frame.TEXT, false, new byte[] {(byte) 0xE2, (byte) 0x82}),
                        Frame.fragment(Frame.CONTINUATION, true, NOTHING)),
                bytes("a frame without a mask", Frame.of(Frame.TEXT, TEXT).unmasked(), PROTOCOL),
                bytes("a ping without a mask", Frame.of(Frame.PING, NOTHING).unmasked(), PROTOCOL),
                frame("RSV1, as for compression", new Frame(0xC1, TEXT), PROTOCOL),
                frame("RSV2", new Frame(0xA1, TEXT), PROTOCOL),
                frame("RSV3", new Frame(0x91, TEXT), PROTOCOL),
                frame("a ping in fragments", Frame.fragment(Frame.PING, false, NOTHING), PROTOCOL),
                frame("a close in fragments", Frame.fragment(Frame.CLOSE, false, NOTHING), PROTOCOL),
                frame("a ping of 126 bytes", Frame.of(Frame.PING, new byte[126]), PROTOCOL),
                frame("a pong of 126 bytes", Frame.of(Frame.PONG, new byte[126]), PROTOCOL),
                frame("a continuation of nothing", Frame.of(Frame.CONTINUATION, TEXT), PROTOCOL),
                frames(
                        "a text within the fragments of another",
                        PROTOCOL,
                        Frame.fragment(Frame.TEXT, false, TEXT),
                        Frame.of(Frame.TEXT, TEXT)),
                bytes(
                        "a length of 5 told in 16 bits",
                        new byte[] {(byte) 0x81, (byte) 0xFE, 0, 5, 0, 0, 0, 0},
                        PROTOCOL),
                bytes(
                        "a length of 5 told in 64 bits",
                        new byte[] {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0},
                        PROTOCOL),
                bytes("a negative length", new byte[] {(byte) 0x81, (byte) 0xFF, -1, 0, 0, 0, 0, 0, 0, 1}, PROTOCOL),
                bytes("a length of 2^62", new byte[] {(byte) 0x81, (byte) 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0}, TOO_BIG),
                frame(
                        "a message of one byte more than limits.message-bytes",
                        Frame.of(Frame.TEXT, new byte[4097]),
                        TOO_BIG),
                frame("a message of 1 MiB", Frame.of(Frame.TEXT, new byte[1 << 20]), TOO_BIG),
                frames(
                        "fragments that add up to too much",
                        TOO_BIG,
                        Frame.fragment(Frame.TEXT, false, "x".repeat(3000).getBytes(UTF_8)),
                        Frame.fragment(
                                Frame.CONTINUATION, false, "x".repeat(3000).getBytes(UTF_8))),
                frame("a close of one byte", Frame.of(Frame.CLOSE, new byte[1]), PROTOCOL),
                frame("a close reason that is not UTF-8", Frame.of(Frame.CLOSE, new byte[] {3, -24, -1}), UTF8)));
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            inputs.add(frame("opcode " + opcode, Frame.of(opcode, NOTHING), PROTOCOL));
        }
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
            inputs.add(frame("close code " + code, Frame.close(code, ""), PROTOCOL));
        }
        inputs.add(frames(
                "ten bad envelopes within ten seconds",
                "1008 too_many_bad_requests",
                java.util.Collections.nCopies(10, Frame.text("{")).toArray(Frame[]::new)));
        return inputs;
    }

    private static BadInput frame(String what, Frame frame, String answer) {
        return bytes(what, frame.masked(), answer);
    }

    private static BadInput text(String what, String answer, int... utf8) {
        byte[] bytes = new byte[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            bytes[i] = (byte) utf8[i];
        }
        return frame(what, Frame.of(Frame.TEXT, bytes), answer);
    }

    private static BadInput frames(String what, String answer, Frame... frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            bytes.writeBytes(frame.masked());
        }
        return bytes(what, bytes.toByteArray(), answer);
    }

    private static BadInput bytes(String what, byte[] bytes, String answer) {
        return new BadInput(BadInput.Section.FRAMES, what, answer, arena -> arena.closeAfter(bytes));
    }
}
