package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.auth.Principal;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated WebSocket: the entry of the routing tables and the sender in one object, so that registered and
 * sendable cannot differ. A transport extends it with a socket, a test with a list.
 *
 * <p>The state here belongs to the home shard of the principal's user and is touched on its loop alone, except for
 * {@link #onHeard}. The abstract methods are called on that loop too; a transport whose socket lives on another loop hops
 * inside them.
 */
public abstract class Connection extends TimerWheel.Timer implements Requester {

    /** The life of a connection. It goes down this list and never back. */
    public enum State {
        /** Not registered yet. */
        NEW,
        /** In the tables: everything sent to it is written. */
        OPEN,
        /** Out of the tables, its close frame on the way. Nothing is written any more. */
        CLOSING,
        /** The socket is gone. */
        CLOSED
    }

    /** Whom a connection's timer wakes. */
    public interface TimerListener {

        /** The connection's deadline has passed. Runs on the loop of the shard. */
        void onTimer(Connection connection, long nowNanos);
    }

    private static final VarHandle LAST_HEARD;

    static {
        try {
            LAST_HEARD = MethodHandles.lookup().findVarHandle(Connection.class, "lastHeardNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Principal principal;
    private long judgedAtEpochSeconds;
    private State state = State.NEW;
    private int tablePlace;
    private int socketPlace;
    private int countedWindow;
    private int pingsUnanswered;
    private long pingedNanos;
    private @Nullable ConnectionId id;
    private @Nullable TimerListener timerListener;
    private @Nullable Conduct conduct;
    private @Nullable Breaker breaker;
    private @Nullable Object2ObjectHashMap<Address, Subscription> subscriptions;

    @SuppressWarnings("unused") // read and written through LAST_HEARD
    private long lastHeardNanos;

    /** A connection of {@code principal} that is not registered yet. */
    protected Connection(Principal principal) {
        this.principal = principal;
    }

    /**
     * Writes a message, in the order of the calls, at the end of this turn of the loop.
     *
     * @param message borrowed during the call
     * @param delivery hears what became of it when the result is {@link WriteResult#ACCEPTED}; null when nobody asks
     * @return whether it was taken
     */
    public abstract WriteResult write(Message message, @Nullable Delivery delivery);

    /**
     * Takes back a message that waits here and of which the kernel has got nothing.
     *
     * @param delivery what was given along with the message; if it is taken back, it hears nothing
     * @return whether it was taken back; false when it is too late, or when it cannot be told at once
     */
    public boolean recall(Delivery delivery) {
        return false;
    }

    /** Writes a push of the router itself: the first {@code lengthBytes} are the text of one frame, borrowed during the call. */
    public abstract void push(byte[] json, int lengthBytes);

    /** Writes a push of the router itself: the text of one frame. */
    public final void push(byte[] json) {
        push(json, json.length);
    }

    /** Sends a WebSocket ping. */
    public abstract void ping();

    /**
     * Sends what is queued and the close frame, then closes the socket. The shard has taken the connection out of its
     * tables.
     */
    public abstract void close(CloseReason reason);

    /**
     * Gives its shard no more commands until {@link #resumeReading}, and leaves them with the peer. What a transport gives
     * nevertheless waits, and some of it may be refused.
     */
    public void pauseReading() {}

    /** Gives commands again; some may come during the call. */
    public void resumeReading() {}

    /**
     * Says what waits for it and what it has missed: now, or later in a step of the same loop where its socket lives on
     * another one.
     */
    public void describeQueue(Consumer<QueueState> answer) {
        answer.accept(QueueState.EMPTY);
    }

    /** Whether its socket lives. Answers at once, from any loop. */
    public abstract boolean isSocketOpen();

    /** Who the verified token says it is. A refresh changes the grants and the expiry, never the user. */
    @Override
    public final Principal principal() {
        return principal;
    }

    /** The IP address of its client; null where the transport knows none. Any loop. */
    @Override
    public @Nullable String ip() {
        return null;
    }

    /** When its present token was judged: at registration, or at the last refresh. */
    public final long judgedAtEpochSeconds() {
        return judgedAtEpochSeconds;
    }

    /**
     * Goes on with what a new token says.
     *
     * @throws IllegalArgumentException when it is of another user; nothing has changed then
     */
    public final void onRefreshed(Principal renewed, long epochSeconds) {
        if (!renewed.user().equals(principal.user())) {
            throw new IllegalArgumentException(renewed.user() + " (expected " + principal.user() + ")");
        }
        principal = renewed;
        judgedAtEpochSeconds = epochSeconds;
    }

    /**
     * The id.
     *
     * @throws IllegalStateException before registration
     */
    public final ConnectionId id() {
        if (id == null) {
            throw new IllegalStateException("a connection of " + principal.user() + " is not registered");
        }
        return id;
    }

    /** Where in its life it is. */
    public final State state() {
        return state;
    }

    /** Whether it is in the tables. */
    public final boolean isOpen() {
        return state == State.OPEN;
    }

    final int tablePlace() {
        return tablePlace;
    }

    final void moveInTable(int newPlace) {
        tablePlace = newPlace;
    }

    /** A roster of connections by the loop of their sockets. Each connection is in one at most, on that loop. */
    public static Roster<Connection> rosterOfSockets() {
        return new Roster<>(
                connection -> connection.socketPlace, (connection, place) -> connection.socketPlace = place);
    }

    /** Gives it the id and the state of a registered connection. */
    final void onRegistered(ConnectionId newId) {
        if (state != State.NEW) {
            throw new IllegalStateException("connection " + id + " is " + state + " (expected NEW)");
        }
        id = newId;
        judgedAtEpochSeconds = newId.epochSeconds();
        state = State.OPEN;
    }

    /** Moves on to {@link State#CLOSING}. */
    public final void onClosing() {
        state = State.CLOSING;
        cancel();
    }

    /** Moves on to {@link State#CLOSED}. */
    public final void onClosed() {
        state = State.CLOSED;
        cancel();
    }

    /** Sets whom the timer wakes. */
    public final void wake(TimerListener listener) {
        timerListener = listener;
    }

    @Override
    protected final void onExpired(long nowNanos) {
        if (timerListener != null) {
            timerListener.onTimer(this, nowNanos);
        }
    }

    /** Remembers that a frame came from the peer. The socket's loop calls it. */
    public final void onHeard(long nowNanos) {
        LAST_HEARD.setOpaque(this, nowNanos);
    }

    /** When the last frame came from the peer, on the loop's monotonic clock. */
    public final long lastHeardNanos() {
        return (long) LAST_HEARD.getOpaque(this);
    }

    /** The number of pings in a row that the peer has answered with nothing: no pong and no other frame. */
    public final int pingsUnanswered() {
        return lastHeardNanos() - pingedNanos >= 0 ? 0 : pingsUnanswered;
    }

    /** When the peer was last heard, or last pinged if it has not been heard since. */
    public final long heardOrPingedNanos() {
        return pingsUnanswered() == 0 ? lastHeardNanos() : pingedNanos;
    }

    /** Remembers that the peer was pinged. */
    public final void onPinged(long nowNanos) {
        pingsUnanswered = pingsUnanswered() + 1;
        pingedNanos = nowNanos;
    }

    /** What guards it, since it has failed to take a message; null while it is healthy. */
    public final @Nullable Breaker breaker() {
        return breaker;
    }

    /** Sets what guards it, or takes it away. */
    public final void guard(@Nullable Breaker newBreaker) {
        breaker = newBreaker;
    }

    /** Lets so much time not count against the peer, of whom nothing was read. */
    public final void excuse(long pauseNanos) {
        onHeard(lastHeardNanos() + pauseNanos);
        pingedNanos += pauseNanos;
    }

    /** Whether it is asked this of {@code window} for the first time; windows are numbered from 1. */
    public final boolean isNewIn(int window) {
        boolean isNew = countedWindow != window;
        countedWindow = window;
        return isNew;
    }

    /** How it has behaved; null before its first command. */
    public final @Nullable Conduct conduct() {
        return conduct;
    }

    /** How it has behaved, from now on if nobody has asked before. */
    public final Conduct conduct(int messagesPerSecond, long nowNanos) {
        if (conduct == null) {
            conduct = new Conduct(messagesPerSecond, nowNanos);
        }
        return conduct;
    }

    /**
     * The second of the two barriers: whether a message to {@code address} may be written here. The answer comes from the
     * connection's own identity and its own subscriptions, not from the table that found it.
     */
    public final boolean mayReceive(Address address) {
        return switch (address.kind()) {
            case USER -> address.equals(principal.user());
            case CONNECTION ->
                address.connectionId().equals(id) && address.owner().equals(principal.user());
            case TOPIC -> subscription(address) != null;
        };
    }

    /** Its subscription to {@code topic}, or null. */
    public final @Nullable Subscription subscription(Address topic) {
        return subscriptions == null ? null : subscriptions.get(topic);
    }

    /** The number of its subscriptions. */
    public final int subscriptionCount() {
        return subscriptions == null ? 0 : subscriptions.size();
    }

    /** A copy of its subscriptions. */
    public final List<Subscription> subscriptions() {
        return subscriptions == null ? List.of() : new ArrayList<>(subscriptions.values());
    }

    /** Adds a subscription to its own set. */
    public final void add(Subscription subscription) {
        if (subscriptions == null) {
            subscriptions = new Object2ObjectHashMap<>(8, 0.65f);
        }
        subscriptions.put(subscription.topic(), subscription);
    }

    /** Removes a subscription from its own set. */
    public final void remove(Subscription subscription) {
        if (subscriptions != null) {
            subscriptions.remove(subscription.topic());
        }
    }
}
