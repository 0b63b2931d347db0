package io.wsrouter.pipeline;

import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.connection.RateLimit;
import io.wsrouter.protocol.CloseReason;

/** The end of the inbound path: what one connection's frames mean becomes commands, answers and closes. */
final class FrameHandler {

    /** Stands for a close frame without a code. */
    static final int NO_CODE = -1;

    private static final int SMALL_FRAMES_PER_MESSAGE = 10;
    private static final int SMALL_FRAGMENT_BYTES = 64;

    private final ChannelConnection connection;
    private final EnvelopeDecoder decoder;
    private final RateLimit smallFrames;
    private boolean hasHeard;
    private boolean isInputOver;

    /**
     * A handler on the loop of the connection's socket, to which {@code decoder} belongs.
     *
     * @param messagesPerSecond the rate of commands; frames that are none may come {@value #SMALL_FRAMES_PER_MESSAGE} times as
     *     often
     */
    FrameHandler(ChannelConnection connection, EnvelopeDecoder decoder, int messagesPerSecond) {
        this.connection = connection;
        this.decoder = decoder;
        int mostFrames = (int) Math.min(Integer.MAX_VALUE, (long) messagesPerSecond * SMALL_FRAMES_PER_MESSAGE);
        this.smallFrames = new RateLimit(mostFrames, connection.nanoTime());
    }

    /** Whether frames still count. */
    boolean isTaking() {
        return !isInputOver && connection.isTaking();
    }

    /** Whether frames are to be left undecoded for now. */
    boolean isPaused() {
        return connection.isReadingPaused();
    }

    /** A whole message of {@code length} bytes of UTF-8; {@code utf8} is borrowed. */
    void onText(byte[] utf8, int length) {
        hasHeard = true;
        connection.onCommand(decoder.decode(utf8, length), length);
    }

    /** A fragment of {@code length} bytes of a message that goes on. */
    void onFragment(int length) {
        hasHeard = true;
        if (length < SMALL_FRAGMENT_BYTES) {
            onSmallFrame();
        }
    }

    /** A ping; {@code payload} is handed over. */
    void onPing(byte[] payload) {
        hasHeard = true;
        if (onSmallFrame()) {
            connection.onPing(payload);
        }
    }

    /** A pong. */
    void onPong() {
        hasHeard = true;
        onSmallFrame();
    }

    /** Counts a frame that costs its sender next to nothing, and says whether it is within the rate. */
    private boolean onSmallFrame() {
        boolean isWithinRate = smallFrames.tryAcquire(connection.nanoTime());
        if (!isWithinRate) {
            onViolation(CloseReason.RATE_EXCEEDED);
        }
        return isWithinRate;
    }

    /** A close frame with {@code code}, or {@link #NO_CODE}. */
    void onClose(int code) {
        isInputOver = true;
        connection.onPeerClose(code);
    }

    /** Something that is not a frame that may come here. */
    void onViolation(CloseReason reason) {
        isInputOver = true;
        connection.requestClose(reason);
    }

    /** A fault of ours. */
    void onFault(Throwable cause) {
        connection.onFault(cause);
        if (!isInputOver) {
            onViolation(CloseReason.INTERNAL_ERROR);
        }
    }

    /** The end of what the socket had to read. */
    void onReadComplete() {
        if (hasHeard) {
            hasHeard = false;
            connection.onHeard(connection.nanoTime());
        }
    }
}
