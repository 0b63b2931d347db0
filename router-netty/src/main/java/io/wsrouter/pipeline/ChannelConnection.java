package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.Socket;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Backlog;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.QueueListener.Drop;
import io.wsrouter.connection.QueueState;
import io.wsrouter.connection.Waiting;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.routing.Shard;
import io.wsrouter.transport.DirectSocket;
import io.wsrouter.transport.NettyShardLoop;
import io.wsrouter.transport.TurnBuffer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection on a Netty channel.
 *
 * <p>What a turn of the loop writes to it is gathered and flushed once: as a part of the {@link TurnBuffer} while it lies
 * there in one piece, so that a message to many sockets is encoded once and copied by the kernel alone, else in a buffer of
 * its own. One flush at a time is under way. What comes meanwhile waits: messages in a {@link Backlog}, by class, and control
 * frames in the buffer, before them.
 *
 * <p>The home shard calls the methods of {@link Connection}; the socket's loop owns everything else here. They are mostly one
 * and the same loop. Where they are not, each side hops to the other, in order.
 */
final class ChannelConnection extends Connection
        implements NettyShardLoop.Flushable, ChannelFutureListener, Backlog.Owner {

    private static final byte[] NO_CLOSE_CODE = {};

    /** What a turn gathers for one socket beyond this is offered to the kernel at once, as long as it is within recall. */
    private static final int MOST_GATHERED_BYTES = 64 * 1024;

    /** What waits is written in pieces, so that what is more important and comes meanwhile can overtake it. */
    private static final int PIECE_BYTES = 32 * 1024;

    private static final List<Delivery> NONE = List.of();

    private final Channel channel;
    private final NettyShardLoop socketLoop;
    private final Shard home;
    private final InetAddress client;
    private final Shard socketShard;
    private final QueueLimits limits;
    private final @Nullable Socket socket;
    private final @Nullable FarCommands far;

    // state, the socket loop's own
    private int sharedStart;
    private int sharedEnd;
    private int sharedTurn;
    private @Nullable ByteBuf gathered;
    private @Nullable ByteBuf flushed;
    private @Nullable Backlog backlog;
    private List<Delivery> gatheredDeliveries = NONE;
    private List<Delivery> flushedDeliveries = NONE;
    private int gatheredMessages;
    private int flushedMessages;
    private int flushedBytes;
    private boolean isReadingPaused;
    private boolean isFlushArmed;
    private boolean isFlushing;
    private boolean hasFlushBegun;
    private boolean isCloseGathered;
    private boolean isOutputShutDown;
    private @Nullable CloseReason closeReason;
    private byte[] peersCloseCode = NO_CLOSE_CODE;

    /**
     * A connection that is not registered yet.
     *
     * @param socketLoop the loop that the channel is on
     * @param socketShard the shard on that loop
     * @param home the shard that owns the principal's user
     * @param client the address of the client, behind whatever proxies
     */
    ChannelConnection(
            Channel channel,
            NettyShardLoop socketLoop,
            Shard socketShard,
            Shard home,
            Principal principal,
            InetAddress client) {
        super(principal);
        this.channel = channel;
        this.socketLoop = socketLoop;
        this.socketShard = socketShard;
        this.home = home;
        this.client = client;
        this.limits = socketShard.queueBudget().limits();
        this.socket = DirectSocket.of(channel);
        this.far = socketShard == home ? null : new FarCommands(socketShard, home);
    }

    // ---- called by the home shard

    @Override
    public WriteResult write(Message message, @Nullable Delivery delivery) {
        if (isAtHome()) {
            return onWrite(message, delivery);
        }
        Message kept = message.kept();
        boolean isOnItsWay = home.deliver(socketShard, kept.lengthBytes(), () -> writeFromAfar(kept, delivery));
        return isOnItsWay ? WriteResult.ACCEPTED : WriteResult.OVERLOADED;
    }

    @Override
    public void push(byte[] json, int lengthBytes) {
        if (isAtHome()) {
            onControl(FrameBuffer.TEXT, json, lengthBytes);
            return;
        }
        byte[] kept = Arrays.copyOf(json, lengthBytes);
        home.hop(socketShard, () -> onControl(FrameBuffer.TEXT, kept, kept.length));
    }

    @Override
    public void ping() {
        home.hop(socketShard, () -> onControl(FrameBuffer.PING, new byte[0], 0));
    }

    @Override
    public void close(CloseReason reason) {
        home.hop(socketShard, () -> onClose(reason));
    }

    @Override
    public void pauseReading() {
        hold(true);
        home.hop(socketShard, this::onPauseReading);
    }

    @Override
    public void resumeReading() {
        hold(false);
        home.hop(socketShard, this::onResumeReading);
    }

    @Override
    public String ip() {
        return client.getHostAddress();
    }

    @Override
    public boolean isSocketOpen() {
        return channel.isOpen();
    }

    @Override
    public void describeQueue(Consumer<QueueState> answer) {
        if (isAtHome()) {
            answer.accept(onDescribeQueue());
            return;
        }
        home.hop(socketShard, () -> {
            QueueState state = onDescribeQueue();
            socketShard.hop(home, () -> answer.accept(state));
        });
    }

    private QueueState onDescribeQueue() {
        return backlog == null ? QueueState.EMPTY : backlog.describe(nanoTime());
    }

    @Override
    public boolean recall(Delivery delivery) {
        return isAtHome() && backlog != null && backlog.recall(delivery);
    }

    // ---- called by the pipeline, on the socket's loop

    /** Is registered: from now on its shards hear when the socket is gone, once somebody tells {@link #onSocketClosed}. */
    void onRegistered() {
        socketShard.onSocketOpened(this);
    }

    /** The socket is closed. In a task of its own: whoever closed it may be walking over the tables. */
    void onSocketClosed() {
        socketLoop.execute(this::onGone);
    }

    /** Writes the 101 and the welcome, before anything else. Takes over {@code response}. */
    void onStart(ByteBuf response, byte[] welcome) {
        response.ensureWritable(FrameBuffer.frameBytes(welcome.length));
        FrameBuffer.write(response, FrameBuffer.TEXT, welcome);
        gathered = response;
        armFlush();
    }

    /** The time on the loop's monotonic clock. */
    long nanoTime() {
        return socketLoop.nanoTime();
    }

    /** A fault of ours. */
    void onFault(Throwable cause) {
        socketShard.onFault(cause);
    }

    /** Hands a command that came as so many bytes to the home shard; {@code command} is borrowed. */
    void onCommand(Command command, int lengthBytes) {
        if (far == null) {
            home.onCommand(this, command);
            return;
        }
        Command kept = command instanceof Command.Publish publish ? publish.kept() : command;
        far.send(lengthBytes, () -> home.onCommand(this, kept));
    }

    /** Answers a ping; {@code payload} is taken over. */
    void onPing(byte[] payload) {
        onControl(FrameBuffer.PONG, payload, payload.length);
    }

    /** The client has sent a close frame with {@code code}, or with none when negative. */
    void onPeerClose(int code) {
        if (code >= 0) {
            peersCloseCode =
                    ByteBuffer.allocate(Short.BYTES).putShort((short) code).array();
        }
        requestClose(CloseReason.CLIENT_CLOSED);
    }

    /** Asks the home shard to close this connection. */
    void requestClose(CloseReason reason) {
        socketShard.hop(home, () -> home.onClose(this, reason));
    }

    /** The socket is gone: what was gathered is not going to be written. */
    private void onGone() {
        if (closeReason == null) {
            closeReason = CloseReason.CONNECTION_LOST;
        }
        dropWhatWaits();
        socketShard.onSocketClosed(this);
        socketShard.hop(home, () -> home.onClosed(this));
    }

    /** Whether the socket's loop is the home shard's, so that a command is carried out within the call. */
    private boolean isAtHome() {
        return socketShard == home;
    }

    /** Whether input still counts: no close frame has come or gone. */
    boolean isTaking() {
        return closeReason == null;
    }

    // ---- reading

    /** Whether what has come is to be left undecoded. */
    boolean isReadingPaused() {
        if (!isReadingPaused && far != null && !far.mayCommand(this::onResumeReading)) {
            onPauseReading();
        }
        return isReadingPaused;
    }

    private void hold(boolean shouldHold) {
        if (far != null) {
            far.hold(shouldHold);
        }
    }

    private void onPauseReading() {
        if (isTaking()) {
            isReadingPaused = true;
            channel.config().setAutoRead(false);
        }
    }

    /** Decodes what came before the pause, which may bring about the next one, before it reads on. */
    private void onResumeReading() {
        isReadingPaused = false;
        ChannelHandlerContext frames = channel.pipeline().context(FrameDecoder.class);
        if (frames != null) {
            ((FrameDecoder) frames.handler()).onReadingResumed(frames);
        }
        if (!isReadingPaused && isTaking()) {
            channel.config().setAutoRead(true);
        }
    }

    // ---- writing

    private void writeFromAfar(Message message, @Nullable Delivery delivery) {
        Delivery answered = delivery == null ? null : new HoppingDelivery(delivery);
        switch (onWrite(message, answered)) {
            case ACCEPTED -> {}
            case CLOSED -> refuseFromAfar(answered, Outcome.CLOSED);
            case DROPPED -> refuseFromAfar(answered, Outcome.SLOW_CONSUMER);
            case OVERLOADED -> refuseFromAfar(answered, Outcome.OVERLOADED);
            case SLOW_CONSUMER -> {
                refuseFromAfar(answered, Outcome.SLOW_CONSUMER);
                requestClose(CloseReason.SLOW_CONSUMER);
            }
        }
    }

    private WriteResult onWrite(Message message, @Nullable Delivery delivery) {
        assert socketLoop.isCurrent();
        if (!isTaking()) {
            return WriteResult.CLOSED;
        }
        flushWhenFull(FrameBuffer.frameBytes(message.lengthBytes()), 1);
        if (mustWait()) {
            return backlog().add(message, delivery, nanoTime());
        }
        gather(message);
        gatheredMessages++;
        if (delivery != null) {
            gather(delivery);
        }
        return WriteResult.ACCEPTED;
    }

    private void onControl(int opcode, byte[] payload, int lengthBytes) {
        if (!isTaking()) {
            return;
        }
        int frameBytes = FrameBuffer.frameBytes(lengthBytes);
        flushWhenFull(frameBytes, 0);
        if (mustWait() && !backlog().addControl(frameBytes)) {
            onCutOff();
            return;
        }
        gather(opcode, payload, lengthBytes);
    }

    /** Offers what this turn has gathered to the kernel before it is too much. */
    private void flushWhenFull(int frameBytes, int messages) {
        int bytes = gatheredBytes();
        if (bytes > 0 && !mustWait() && isTooMuch(bytes + frameBytes, gatheredMessages + messages)) {
            flush();
        }
    }

    private boolean isTooMuch(int bytes, int messages) {
        return bytes > MOST_GATHERED_BYTES
                || bytes > limits.bytesPerConnection()
                || messages > limits.messagesPerConnection();
    }

    private int gatheredBytes() {
        return sharedEnd - sharedStart + (gathered == null ? 0 : gathered.readableBytes());
    }

    /** Whether anything is before what is written now that the kernel has not taken. */
    private boolean mustWait() {
        return isFlushing || (backlog != null && backlog.hasMessages());
    }

    private Backlog backlog() {
        if (backlog == null) {
            backlog = socketShard.queueBudget().open(this);
        }
        return backlog;
    }

    /** Not at once: whoever writes may be walking over the tables that closing changes. */
    @Override
    public void onCutOff() {
        socketLoop.execute(() -> requestClose(CloseReason.SLOW_CONSUMER));
    }

    private void gather(Message message) {
        if (!gatherShared(message, message.edition(), message.json(), message.lengthBytes())) {
            FrameBuffer.write(
                    gathering(message.lengthBytes()), FrameBuffer.TEXT, message.json(), message.lengthBytes());
        }
        armFlush();
    }

    private void gather(int opcode, byte[] payload, int lengthBytes) {
        if (opcode != FrameBuffer.TEXT || !gatherShared(null, 0, payload, lengthBytes)) {
            FrameBuffer.write(gathering(lengthBytes), opcode, payload, lengthBytes);
        }
        armFlush();
    }

    private void gather(Delivery delivery) {
        if (gatheredDeliveries.isEmpty()) {
            gatheredDeliveries = new ArrayList<>();
        }
        gatheredDeliveries.add(delivery);
    }

    /**
     * Gathers a text by its place in the buffer of the turn, if it can be written from there: to a socket that this turn
     * flushes directly, with nothing before it but what lies right before it there.
     */
    private boolean gatherShared(@Nullable Message message, long edition, byte[] text, int lengthBytes) {
        if (socket == null || isFlushing || gathered != null) {
            return false;
        }
        TurnBuffer turn = socketLoop.turnBuffer();
        boolean isFirst = sharedEnd == sharedStart;
        int frameBytes = FrameBuffer.frameBytes(lengthBytes);
        int start = turn.startOf(message, edition);
        if (start == TurnBuffer.ABSENT && turn.hasRoom(frameBytes) && (isFirst || sharedEnd == turn.end())) {
            start = turn.begin(message, edition);
            FrameBuffer.write(turn.bytes(turn.turn()), FrameBuffer.TEXT, text, lengthBytes);
        }
        if (start == TurnBuffer.ABSENT || (!isFirst && sharedEnd != start)) {
            return false;
        }
        if (isFirst) {
            sharedStart = start;
            sharedTurn = turn.turn();
        }
        sharedEnd = start + frameBytes;
        return true;
    }

    /** The buffer of this connection alone, with what it has gathered so far. */
    private ByteBuf gathering(int payloadBytes) {
        if (gathered == null) {
            int sharedBytes = sharedEnd - sharedStart;
            gathered = channel.alloc().directBuffer(sharedBytes + FrameBuffer.frameBytes(payloadBytes));
            if (sharedBytes > 0) {
                gathered.writeBytes(socketLoop.turnBuffer().bytes(sharedTurn), sharedStart, sharedBytes);
                forgetShared();
            }
        }
        return gathered;
    }

    private void forgetShared() {
        sharedStart = 0;
        sharedEnd = 0;
    }

    private void armFlush() {
        if (!isFlushArmed && !isFlushing) {
            isFlushArmed = true;
            socketLoop.flushAtTurnEnd(this);
        }
    }

    @Override
    public void onFlush() {
        isFlushArmed = false;
        if (!isFlushing && hasGathered()) {
            flush();
        }
    }

    @Override
    public void onFlushFailed(Throwable cause) {
        onFault(cause);
        channel.close();
    }

    private boolean hasGathered() {
        return gathered != null || sharedEnd > sharedStart;
    }

    /** Hands the kernel what was gathered, and then what waits, until it takes no more. */
    private void flush() {
        boolean isWhole = true;
        while (isWhole && !isFlushing && gatherNext()) {
            isFlushing = true;
            flushedBytes = gatheredBytes();
            flushedMessages = gatheredMessages;
            gatheredMessages = 0;
            flushedDeliveries = gatheredDeliveries;
            gatheredDeliveries = NONE;
            isWhole = offer();
        }
        if (backlog != null) {
            backlog.tellRefused();
            forgetBacklogWhenEmpty();
        }
        if (isWhole && isCloseGathered && !isFlushing && !isOutputShutDown) {
            isOutputShutDown = true;
            LingeringClose.shutDownOutput(channel);
        }
    }

    private void forgetBacklogWhenEmpty() {
        if (backlog != null && backlog.isForgettable()) {
            backlog = null;
        }
    }

    /** Gathers what goes next, after the control frames, which are there: messages, and at last the close frame. */
    private boolean gatherNext() {
        if (backlog != null) {
            gatherFrom(backlog);
        }
        if (closeReason != null && !isCloseGathered && !mustWait()) {
            gatherClose(closeReason);
        }
        return hasGathered();
    }

    private void gatherFrom(Backlog waiting) {
        waiting.onControlTaken();
        int untoldDrops = waiting.takeUntoldDrops();
        if (untoldDrops > 0) {
            gatherText(Pushes.dropped(untoldDrops));
        }
        long nowNanos = waiting.hasMessages() ? nanoTime() : 0;
        while (waiting.hasMessages() && gatheredBytes() < PIECE_BYTES) {
            Waiting next = waiting.poll(nowNanos);
            if (next != null) {
                gather(next);
            }
        }
    }

    private void gather(Waiting next) {
        Message message = next.message();
        FrameBuffer.write(gathering(message.lengthBytes()), FrameBuffer.TEXT, message.json(), message.lengthBytes());
        gatheredMessages++;
        if (next.delivery() != null) {
            gather(next.delivery());
        }
    }

    private void gatherText(byte[] push) {
        FrameBuffer.write(gathering(push.length), FrameBuffer.TEXT, push);
    }

    /** Offers what is to be flushed to the kernel, and has the channel write what that has not taken. Says whether the socket is whole. */
    private boolean offer() {
        ByteBuf rest;
        try {
            rest = gathered == null ? offerShared() : offerGathered(gathered);
        } catch (IOException e) {
            return endFlush(false);
        } catch (RuntimeException | OutOfMemoryError e) {
            socketShard.onFault(e);
            return endFlush(false);
        }
        if (rest == null) {
            return endFlush(true);
        }
        int restBytes = rest.readableBytes();
        ChannelFuture written = channel.writeAndFlush(rest.retain());
        if (written.isDone()) {
            return endFlush(written.isSuccess());
        }
        written.addListener(this);
        backlog().onFlushBegun(restBytes, flushedMessages, nanoTime());
        return true;
    }

    /** Offers what lies in the buffer of the turn to the kernel, and returns what it has not taken, or null. */
    private @Nullable ByteBuf offerShared() throws IOException {
        ByteBuf turn = socketLoop.turnBuffer().bytes(sharedTurn);
        int start = sharedStart;
        int end = sharedEnd;
        forgetShared();
        int taken = DirectSocket.write(Objects.requireNonNull(socket), turn, start, end);
        int left = end - start - taken;
        if (left == 0) {
            return null;
        }
        hasFlushBegun = taken > 0;
        flushed = channel.alloc().directBuffer(left).writeBytes(turn, start + taken, left);
        return flushed;
    }

    /** Offers what was gathered for this connection alone to the kernel, and returns what it has not taken, or null. */
    private @Nullable ByteBuf offerGathered(ByteBuf bytes) throws IOException {
        gathered = null;
        flushed = bytes;
        if (socket != null) {
            bytes.skipBytes(DirectSocket.write(socket, bytes, bytes.readerIndex(), bytes.writerIndex()));
        }
        return bytes.isReadable() ? bytes : null;
    }

    @Override
    public void operationComplete(ChannelFuture flush) {
        if (endFlush(flush.isSuccess())) {
            flush();
        }
    }

    /** A flush has ended: the kernel took all of it, or the socket failed. Says which. */
    private boolean endFlush(boolean isSuccess) {
        boolean hasBegun = hasFlushBegun || (flushed != null && flushed.readerIndex() > 0);
        List<Delivery> told = flushedDeliveries;
        count(isSuccess);
        forgetFlushed();
        /* Telling may write to this connection and start the next flush, which has a list of its own. */
        tell(told, isSuccess, hasBegun ? Outcome.WRITE_FAILED : notWritten());
        if (!isSuccess) {
            channel.close();
        }
        return isSuccess;
    }

    private void forgetFlushed() {
        if (flushed != null) {
            flushed.release();
            flushed = null;
        }
        isFlushing = false;
        hasFlushBegun = false;
        flushedDeliveries = NONE;
        flushedMessages = 0;
        flushedBytes = 0;
        if (backlog != null) {
            backlog.onFlushEnded();
        }
    }

    private void count(boolean isDelivered) {
        Counters counters = socketShard.counters();
        counters.add(isDelivered ? Metric.DELIVERED : Metric.REFUSED, flushedMessages);
        counters.add(Metric.SENT_BYTES, isDelivered ? flushedBytes : 0);
    }

    /** Tells each its end; a receipt that cannot be written must not silence the others. */
    private void tell(List<Delivery> deliveries, boolean areDelivered, Outcome failure) {
        for (Delivery delivery : deliveries) {
            try {
                if (areDelivered) {
                    delivery.onDelivered();
                } else {
                    delivery.onRefused(failure);
                }
            } catch (RuntimeException | OutOfMemoryError e) {
                socketShard.onFault(e);
            }
        }
    }

    /** What becomes of a message of which the kernel took nothing. */
    private Outcome notWritten() {
        return closeReason == CloseReason.SLOW_CONSUMER ? Outcome.SLOW_CONSUMER : Outcome.CLOSED;
    }

    // ---- closing

    private void onClose(CloseReason reason) {
        if (!isTaking() || !channel.isOpen()) {
            return;
        }
        closeReason = reason;
        LingeringClose.discardInput(channel);
        if (reason == CloseReason.SLOW_CONSUMER) {
            dropWhatWaits();
        }
        if (!isFlushing) {
            flush();
        }
    }

    private void gatherClose(CloseReason reason) {
        isCloseGathered = true;
        byte[] payload = closePayload(reason);
        FrameBuffer.write(gathering(payload.length), FrameBuffer.CLOSE, payload);
    }

    /** The code and the word of a reason; a client's close is answered with the client's own code. */
    private byte[] closePayload(CloseReason reason) {
        if (reason == CloseReason.CLIENT_CLOSED) {
            return peersCloseCode;
        }
        byte[] word = reason.word().getBytes(UTF_8);
        return ByteBuffer.allocate(Short.BYTES + word.length)
                .putShort((short) reason.code())
                .put(word)
                .array();
    }

    private void dropWhatWaits() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        forgetShared();
        socketShard.counters().add(Metric.REFUSED, gatheredMessages);
        gatheredMessages = 0;
        List<Delivery> dropped = gatheredDeliveries;
        gatheredDeliveries = NONE;
        tell(dropped, false, notWritten());
        if (backlog != null) {
            backlog.close(closeReason == CloseReason.SLOW_CONSUMER ? Drop.CUT_OFF : Drop.CLOSED);
        }
    }

    private void refuseFromAfar(@Nullable Delivery delivery, Outcome outcome) {
        socketShard.counters().increment(Metric.REFUSED);
        if (delivery != null) {
            delivery.onRefused(outcome);
        }
    }

    /** Carries the answer of a delivery from the socket's loop to the home shard's. */
    private final class HoppingDelivery implements Delivery {

        private final Delivery delivery;

        HoppingDelivery(Delivery delivery) {
            this.delivery = delivery;
        }

        @Override
        public void onDelivered() {
            socketShard.hop(home, delivery::onDelivered);
        }

        @Override
        public void onRefused(Outcome outcome) {
            socketShard.hop(home, () -> delivery.onRefused(outcome));
        }

        @Override
        public void onSuperseded() {
            socketShard.hop(home, delivery::onSuperseded);
        }
    }
}
