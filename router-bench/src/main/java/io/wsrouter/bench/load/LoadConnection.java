package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.ConnectException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client of few words (RFC 6455): the upgrade, frames of the server, masked frames of ours. What a turn of the loop
 * sends goes out in one write. Belongs to its loop.
 */
final class LoadConnection extends ChannelInboundHandlerAdapter implements Dialect.Line {

    /** Who a connection is for. */
    interface Owner {

        void onReady(LoadConnection connection);

        /** A message came; the bytes are valid within the call. */
        void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere);

        void onGarbled();

        void onReceipt(Dialect.Receipt receipt);

        void onStrange(String what);

        /** The connection has ended, or never came about. Told once. */
        void onEnd(LoadConnection connection, End end);
    }

    /**
     * How a connection ended.
     *
     * @param wasReady whether it had been ready before
     * @param isOurs whether we closed or reset it
     * @param reason a short stable word
     */
    record End(boolean wasReady, boolean isOurs, String reason) {}

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The sample of RFC 6455, section 1.3. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final byte[] ACCEPT = "s3pplmbitxaq9kygzzhzrbk+xoo=".getBytes(US_ASCII);
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
    private static final int MOST_HEAD_BYTES = 16 * 1024;
    private static final int MOST_FRAME_BYTES = 16 << 20;
    private static final int FRAME_HEADER_BYTES = 14;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final byte[] NORMAL_CLOSURE = {3, (byte) 0xe8};

    private enum State {
        CONNECTING,
        UPGRADING,
        OPENING,
        READY,
        CLOSING,
        ENDED
    }

    private final LoadLoop loop;
    private final Dialect dialect;
    private final Owner owner;
    private final byte[] request;
    private final Dialect.Conversation conversation;
    private State state = State.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable ByteBuf pending;
    private byte[] partial = {};
    private byte[] fragments = {};
    private boolean wasReady;
    private boolean isOurs;
    private String reason = "";
    private @Nullable Future<?> patience;

    /**
     * A connection that has still to be connected.
     *
     * @param uri the host and path of the upgrade request
     */
    LoadConnection(LoadLoop loop, Dialect dialect, ServerAddress uri, String token, Dialect.Role role, Owner owner) {
        this.loop = loop;
        this.dialect = dialect;
        this.owner = owner;
        this.request = ("GET " + uri.path() + " HTTP/1.1\r\nHost: " + uri.host() + ':' + uri.port()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                        + KEY + "\r\n" + dialect.headers(token) + "\r\n")
                .getBytes(US_ASCII);
        this.conversation = dialect.converse(this, role);
    }

    // ---- sending

    boolean isReady() {
        return state == State.READY;
    }

    /** Whether the server takes what is sent. */
    boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    @Override
    public void send(byte[] frame) {
        byte[] out = loop.out(frame.length);
        System.arraycopy(frame, 0, out, 0, frame.length);
        send(out, frame.length);
    }

    /** Sends the first bytes of {@code out} as one frame; they are changed. */
    void send(byte[] out, int length) {
        append(dialect.isBinary() ? BINARY : TEXT, out, length);
    }

    private void append(int opcode, byte[] bytes, int length) {
        if (channel == null || state == State.ENDED || (isOurs && opcode < CLOSE)) {
            return;
        }
        ByteBuf buffer = pending;
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(Math.max(512, length + FRAME_HEADER_BYTES));
            pending = buffer;
            loop.markDirty(this);
        }
        buffer.writeByte(0x80 | opcode);
        if (length < 126) {
            buffer.writeByte(0x80 | length);
        } else if (length < 1 << 16) {
            buffer.writeByte(0x80 | 126).writeShort(length);
        } else {
            buffer.writeByte(0x80 | 127).writeLong(length);
        }
        int key = loop.random().nextInt();
        mask(bytes, length, key);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            buffer.writeIntLE(key);
        } else {
            buffer.writeInt(key);
        }
        buffer.writeBytes(bytes, 0, length);
    }

    private static void mask(byte[] bytes, int length, int key) {
        long twice = ((long) key << 32) | (key & 0xffffffffL);
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ twice);
        }
        if (at < length) {
            byte[] rest = new byte[Long.BYTES];
            System.arraycopy(bytes, at, rest, 0, length - at);
            LONGS.set(rest, 0, (long) LONGS.get(rest, 0) ^ twice);
            System.arraycopy(rest, 0, bytes, at, length - at);
        }
    }

    /** Writes what the turn has gathered. */
    void flush() {
        ByteBuf buffer = pending;
        pending = null;
        if (buffer != null && channel != null) {
            channel.writeAndFlush(buffer, channel.voidPromise());
        }
    }

    /** Closes as RFC 6455 has it; what the server has sent until then is read. */
    void closePolitely() {
        if (state == State.READY || state == State.OPENING) {
            byte[] code = NORMAL_CLOSURE.clone();
            append(CLOSE, code, code.length);
            isOurs = true;
            state = State.CLOSING;
        } else if (state != State.CLOSING) {
            reset();
        }
    }

    /** Ends the connection at once, with a reset. */
    void reset() {
        isOurs = true;
        if (channel != null) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** Whether what the server sends is read. */
    void setReading(boolean isReading) {
        if (channel != null) {
            channel.config().setAutoRead(isReading);
        }
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        patience = ctx.executor().schedule(this::onLate, loop.handshakeMillis(), TimeUnit.MILLISECONDS);
    }

    private void onLate() {
        fail("no answer in the handshake");
    }

    private void endPatience() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        state = State.UPGRADING;
        ctx.writeAndFlush(ctx.alloc().directBuffer(request.length).writeBytes(request), ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        ByteBuf in = (ByteBuf) read;
        int length = in.readableBytes();
        int kept = partial.length;
        byte[] bytes = loop.in(kept + length);
        System.arraycopy(partial, 0, bytes, 0, kept);
        in.readBytes(bytes, kept, length);
        in.release();
        loop.onRead();
        int end = kept + length;
        int at = state == State.UPGRADING ? onResponse(bytes, end) : 0;
        if (state.compareTo(State.OPENING) >= 0) {
            at = onFrames(bytes, at, end);
        }
        partial = at == end ? partial.length == 0 ? partial : new byte[0] : Arrays.copyOfRange(bytes, at, end);
    }

    /** What could not be connected. */
    void onConnectFailed(Throwable cause) {
        boolean isRefused = cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
        String why = cause.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        end(isRefused ? "connection refused" : "connect " + why);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(state == State.UPGRADING || state == State.CONNECTING ? "closed in the handshake" : "eof");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        note(
                cause instanceof java.io.IOException
                        ? "connection reset"
                        : cause.getClass().getSimpleName());
        ctx.close();
    }

    private void note(String why) {
        if (reason.isEmpty()) {
            reason = why;
        }
    }

    private void end(String why) {
        if (state != State.ENDED) {
            note(why);
            state = State.ENDED;
            endPatience();
            if (pending != null) {
                pending.release();
                pending = null;
            }
            owner.onEnd(this, new End(wasReady, isOurs, reason));
        }
    }

    private void fail(String why) {
        note(why);
        reset();
        isOurs = false;
    }

    // ---- the upgrade

    /** Returns where frames start, or 0 while the head is not complete. */
    private int onResponse(byte[] bytes, int end) {
        int head = indexOf(bytes, 0, end, HEAD_END);
        if (head < 0) {
            if (end > MOST_HEAD_BYTES) {
                fail("handshake too long");
            }
            return 0;
        }
        int status = status(bytes, head);
        if (status != SWITCHING_PROTOCOLS) {
            fail("status " + status);
            return end;
        }
        byte[] lower =
                new String(bytes, 0, head, US_ASCII).toLowerCase(Locale.ROOT).getBytes(US_ASCII);
        if (indexOf(lower, 0, head, ACCEPT) < 0) {
            fail("wrong accept");
            return end;
        }
        state = State.OPENING;
        conversation.onOpen();
        return head + HEAD_END.length;
    }

    private static int status(byte[] bytes, int head) {
        String line = new String(bytes, 0, Math.min(head, 12), US_ASCII);
        return line.matches("HTTP/1\\.1 [1-5][0-9]{2}") ? Integer.parseInt(line.substring(9)) : 0;
    }

    private static int indexOf(byte[] bytes, int from, int end, byte[] wanted) {
        for (int at = from; at + wanted.length <= end; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    // ---- frames of the server

    /** Handles all whole frames and returns where the first that is not whole starts. */
    private int onFrames(byte[] bytes, int from, int end) {
        int at = from;
        while (end - at >= 2 && state != State.ENDED) {
            int shortLength = bytes[at + 1];
            int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
            if (shortLength < 0) {
                fail("masked frame");
                return end;
            }
            if (end - at < header) {
                return at;
            }
            long length = length(bytes, at, header);
            if (length < 0 || length > MOST_FRAME_BYTES) {
                fail("frame too long");
                return end;
            }
            int next = at + header + (int) length;
            if (next > end) {
                return at;
            }
            onFrame(bytes[at], bytes, at + header, next);
            at = next;
        }
        return at;
    }

    private static long length(byte[] bytes, int at, int header) {
        return switch (header) {
            case 2 -> bytes[at + 1];
            case 4 -> ((bytes[at + 2] & 0xff) << 8) | (bytes[at + 3] & 0xff);
            default -> {
                long native64 = (long) LONGS.get(bytes, at + 2);
                yield ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Long.reverseBytes(native64) : native64;
            }
        };
    }

    private void onFrame(byte first, byte[] bytes, int from, int to) {
        int opcode = first & 15;
        if ((first & 0x70) != 0) {
            fail("reserved bits");
        } else if (opcode >= CLOSE) {
            onControl(opcode, bytes, from, to);
        } else if (first < 0 && opcode != 0) {
            conversation.onFrame(bytes, from, to);
        } else {
            onFragment(first < 0, bytes, from, to);
        }
    }

    private void onFragment(boolean isLast, byte[] bytes, int from, int to) {
        byte[] joined = Arrays.copyOf(fragments, fragments.length + to - from);
        System.arraycopy(bytes, from, joined, fragments.length, to - from);
        fragments = isLast ? new byte[0] : joined;
        if (isLast) {
            conversation.onFrame(joined, 0, joined.length);
        }
    }

    private void onControl(int opcode, byte[] bytes, int from, int to) {
        byte[] body = Arrays.copyOfRange(bytes, from, to);
        if (opcode == PING) {
            append(PONG, body, body.length);
        } else if (opcode == CLOSE) {
            note(body.length < 2 ? "closed" : "closed " + (((body[0] & 0xff) << 8) | (body[1] & 0xff)));
            if (state != State.CLOSING) {
                append(CLOSE, body, Math.min(body.length, 2));
                state = State.CLOSING;
            }
            flush();
            if (channel != null) {
                channel.close();
            }
        }
    }

    // ---- from the conversation

    @Override
    public void onReady() {
        if (state == State.OPENING) {
            state = State.READY;
            endPatience();
            wasReady = true;
            owner.onReady(this);
        }
    }

    @Override
    public void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere) {
        owner.onMessage(bytes, payloadFrom, payloadTo, isAddressedHere);
    }

    @Override
    public void onGarbled() {
        owner.onGarbled();
    }

    @Override
    public void onReceipt(Dialect.Receipt receipt) {
        owner.onReceipt(receipt);
    }

    @Override
    public void onStrange(String what) {
        owner.onStrange(what);
    }
}
