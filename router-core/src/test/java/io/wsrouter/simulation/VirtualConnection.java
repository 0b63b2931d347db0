package io.wsrouter.simulation;

import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.Shard;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's socket and the transport's side of it: it comes in on one loop, moves to its user's or stays, and does what the
 * run says. What it is asked to do and what comes of it goes to the {@link Oracle}, and nothing is judged here.
 */
final class VirtualConnection extends Connection {

    /** What the kernel does with what is written. */
    enum Socket {
        /** Takes it at the end of the turn. */
        HEALTHY,
        /** Takes nothing, as the client reads nothing. */
        STALLED,
        /** Fails after a part of the next message. */
        FAILING,
        /** Makes the transport throw, which it never should. */
        BROKEN
    }

    /** What the transport throws then. */
    static final String FAULT = "the transport is broken";

    private static final long LINGER_NANOS = 5_000_000_000L;

    private final Simulation simulation;
    private final Oracle oracle;
    private final Peer peer;
    private final Shard home;
    private final List<Given> early = new ArrayList<>(0);
    private Shard socketShard;
    private Outbox outbox;
    private Socket socket = Socket.HEALTHY;
    private CloseReason closeReason;
    private long closingSinceNanos;
    private boolean isMoving;
    private boolean hasBecome;
    private boolean isStarted;
    private boolean isSocketOpen = true;
    private boolean isFlushArmed;
    private boolean isSilent;
    private boolean isOver;

    VirtualConnection(Simulation simulation, Peer peer, Principal principal, Shard accepting, Shard home) {
        super(principal);
        this.simulation = simulation;
        this.oracle = simulation.oracle();
        this.peer = peer;
        this.socketShard = accepting;
        this.home = home;
    }

    Peer peer() {
        return peer;
    }

    Shard home() {
        return home;
    }

    Shard socketShard() {
        return socketShard;
    }

    /** Whether its socket is on the list of its loop. */
    boolean isListed() {
        return hasBecome && !isOver;
    }

    /** Whether nothing is left of it. */
    boolean isOver() {
        return isOver;
    }

    Oracle oracle() {
        return oracle;
    }

    private boolean isAtHome() {
        return socketShard == home;
    }

    // ---- it comes in

    /** Its token was verified: it looks for its place. */
    void arrive(boolean stays, boolean moveFails) {
        socketShard.loop().execute(() -> settle(stays, moveFails));
    }

    private void settle(boolean stays, boolean moveFails) {
        if (isAtHome()) {
            register();
            return;
        }
        Shard accepting = socketShard;
        accepting.hop(home, () -> {
            home.onCountConnections(principal().user());
            home.hop(accepting, () -> {
                if (!isSocketOpen) {
                    end();
                } else if (stays) {
                    registerFromAfar();
                } else {
                    move(moveFails);
                }
            });
        });
    }

    private void move(boolean fails) {
        isMoving = true;
        home.loop().execute(() -> {
            isMoving = false;
            socketShard = home;
            if (!isSocketOpen) {
                oracle.coverage().count(Rare.CLOSED_DURING_MOVE);
            }
            if (fails) {
                oracle.coverage().count(Rare.MOVE_FAILED);
                end();
            } else {
                register();
            }
        });
    }

    private void register() {
        if (!isSocketOpen) {
            end();
            return;
        }
        if (registerAtHome() == RegistrationResult.REGISTERED) {
            become();
            start();
        } else {
            end();
        }
    }

    private void registerFromAfar() {
        Shard here = socketShard;
        here.hop(home, () -> {
            if (!isSocketOpen) {
                oracle.coverage().count(Rare.LOST_BEFORE_REGISTRATION);
            }
            RegistrationResult result = registerAtHome();
            home.hop(here, () -> {
                if (result != RegistrationResult.REGISTERED) {
                    end();
                    return;
                }
                become();
                if (isSocketOpen) {
                    start();
                }
            });
        });
    }

    private RegistrationResult registerAtHome() {
        oracle.registering(peer);
        RegistrationResult result = home.onRegister(this);
        oracle.registered(peer, this, result);
        return result;
    }

    private void become() {
        hasBecome = true;
        outbox();
        socketShard.onSocketOpened(this);
        if (!isSocketOpen) {
            socketShard.loop().execute(this::onGone);
        }
    }

    private void start() {
        isStarted = true;
        early.forEach(this::read);
        early.clear();
    }

    private void end() {
        isSocketOpen = false;
        isOver = true;
    }

    // ---- what the client does

    /** Sends a command, or keeps it until the handshake is over, as clients do. */
    void give(Given given) {
        if (isStarted) {
            socketShard.loop().execute(() -> read(given));
        } else {
            early.add(given);
        }
    }

    /** Sends a close frame. */
    void leave() {
        peer.hasAskedToClose = true;
        if (!isStarted) {
            lose();
            return;
        }
        socketShard.loop().execute(() -> {
            if (closeReason == null) {
                requestClose(CloseReason.CLIENT_CLOSED);
            } else {
                oracle.coverage().count(Rare.CROSSING_CLOSES);
            }
        });
    }

    /** Its socket ends, wherever it is. Says whether there was one. */
    boolean lose() {
        if (!isSocketOpen) {
            return false;
        }
        isSocketOpen = false;
        if (hasBecome) {
            socketShard.loop().execute(this::onGone);
        }
        return true;
    }

    void fallSilent() {
        isSilent = true;
    }

    boolean isSilent() {
        return isSilent;
    }

    private void read(Given given) {
        if (closeReason != null || isOver) {
            return;
        }
        onHeardNow();
        Reader reader = simulation.readerOf(socketShard, peer.node);
        Command command = given.read(reader);
        if (isAtHome()) {
            carryOut(given, command);
        } else {
            Command kept = command instanceof Command.Publish publish ? publish.kept() : command;
            socketShard.hop(home, () -> carryOut(given, kept));
        }
        reader.spoil();
    }

    private void carryOut(Given given, Command command) {
        oracle.carryingOut(peer, this, given);
        home.onCommand(this, command);
        oracle.carriedOut(peer, this);
    }

    private void onHeardNow() {
        long nowNanos = simulation.nanoTime();
        onHeard(nowNanos);
        peer.heardNanos = nowNanos;
        peer.pings = 0;
    }

    // ---- what its kernel does

    /** Behaves like this from now on. */
    void has(Socket newSocket) {
        socket = newSocket;
        if (newSocket == Socket.HEALTHY && isStarted) {
            socketShard.loop().execute(this::onFlush);
        }
    }

    Socket socket() {
        return socket;
    }

    /** Takes some of what waits, and says whether anything does. */
    boolean take(int most) {
        if (outbox == null || outbox.isEmpty()) {
            return false;
        }
        socketShard.loop().execute(() -> {
            if (isSocketOpen) {
                takeSome(most);
            }
        });
        return true;
    }

    /** Ends it when the peer has not taken the close frame for too long. */
    void endLingering(long nowNanos) {
        if (closeReason != null && isSocketOpen && nowNanos - closingSinceNanos >= LINGER_NANOS) {
            lose();
        }
    }

    boolean isLingering() {
        return closeReason != null && isSocketOpen;
    }

    private void armFlush() {
        if (!isFlushArmed) {
            isFlushArmed = true;
            socketShard.loop().executeAtTurnEnd(this::onFlush);
        }
    }

    private void onFlush() {
        isFlushArmed = false;
        if (isOver) {
            return;
        }
        if (!isSocketOpen) {
            outbox().drop(false);
        } else if (socket == Socket.FAILING && !outbox().isEmpty()) {
            oracle.coverage().count(Rare.WRITE_FAILED);
            outbox().fail();
            outbox().drop(false);
            lose();
        } else if (socket == Socket.STALLED) {
            outbox().stall(simulation.nanoTime());
        } else {
            takeSome(Integer.MAX_VALUE);
        }
    }

    private void takeSome(int most) {
        outbox().take(most, simulation.nanoTime(), taken -> {
            oracle.received(peer, taken.written());
            taken.onDelivered();
        });
        if (outbox().isEmpty() && closeReason != null) {
            lose(); // the peer has seen the close frame, and closes
        }
    }

    /** What its socket has yet to take; it is on the loop of the socket from the first message on. */
    private Outbox outbox() {
        if (outbox == null) {
            outbox = new Outbox(simulation.budgetOf(socketShard, peer.node), this::onCutOff);
        }
        return outbox;
    }

    private void onCutOff() {
        peer.wasTooSlow = true;
        oracle.coverage().count(Rare.SHED);
        socketShard.loop().execute(() -> requestClose(CloseReason.SLOW_CONSUMER));
    }

    /** Carries an answer to the home shard. */
    void atHome(Runnable answer) {
        socketShard.hop(home, answer);
    }

    private void onGone() {
        if (isOver) {
            return;
        }
        isOver = true;
        if (closeReason == null) {
            closeReason = CloseReason.CONNECTION_LOST;
        }
        outbox().drop(closeReason == CloseReason.SLOW_CONSUMER);
        socketShard.onSocketClosed(this);
        socketShard.hop(home, () -> {
            oracle.gone(peer);
            home.onClosed(this);
        });
    }

    private void requestClose(CloseReason reason) {
        socketShard.hop(home, () -> home.onClose(this, reason));
    }

    // ---- the port to the shard

    @Override
    public WriteResult write(Message message, Delivery delivery) {
        Written written = oracle.writing(peer, message);
        if (!isSocketOpen && closeReason == null) {
            oracle.coverage().count(Rare.WRITE_TO_LOST_SOCKET);
        }
        Tracked tracked = new Tracked(this, written, delivery);
        if (!isAtHome()) {
            Message kept = message.kept();
            home.hop(socketShard, () -> writeFromAfar(kept, tracked));
            return WriteResult.ACCEPTED;
        }
        if (socket == Socket.BROKEN) {
            peer.hasFaulted = true;
            written.answer(WriteResult.CLOSED);
            oracle.decided(written, Outcome.CLOSED);
            throw new IllegalStateException(FAULT);
        }
        WriteResult result = onWrite(message, tracked);
        written.answer(result);
        if (result != WriteResult.ACCEPTED) {
            oracle.decided(written, outcomeOf(result));
            peer.wasTooSlow |= result == WriteResult.SLOW_CONSUMER;
        }
        return result;
    }

    private void writeFromAfar(Message message, Tracked tracked) {
        oracle.arrived(tracked.written(), message);
        WriteResult result = onWrite(message, tracked);
        if (result != WriteResult.ACCEPTED) {
            tracked.onRefused(outcomeOf(result));
        }
        if (result == WriteResult.SLOW_CONSUMER) {
            peer.wasTooSlow = true;
            requestClose(CloseReason.SLOW_CONSUMER);
        }
        if (result == WriteResult.CLOSED) {
            oracle.coverage().count(Rare.WRITE_AFTER_CLOSE_FRAME);
        }
    }

    private WriteResult onWrite(Message message, Tracked tracked) {
        if (closeReason != null) {
            return WriteResult.CLOSED;
        }
        WriteResult result = outbox().add(message, tracked, simulation.nanoTime());
        oracle.queues(peer, outbox().waitingBytes());
        if (result == WriteResult.ACCEPTED) {
            armFlush();
        }
        return result;
    }

    @Override
    public boolean recall(Delivery delivery) {
        if (!isAtHome() || outbox == null) {
            return false;
        }
        Tracked recalled = outbox.recall(delivery);
        if (recalled == null) {
            return false;
        }
        oracle.recalled(recalled.written());
        return true;
    }

    private static Outcome outcomeOf(WriteResult result) {
        return switch (result) {
            case ACCEPTED -> Outcome.DELIVERED;
            case DROPPED, SLOW_CONSUMER -> Outcome.SLOW_CONSUMER;
            case OVERLOADED -> Outcome.OVERLOADED;
            case CLOSED -> Outcome.CLOSED;
        };
    }

    @Override
    public void push(byte[] json, int lengthBytes) {
        oracle.pushing(peer, json, lengthBytes);
    }

    @Override
    public void ping() {
        oracle.pinging(peer);
        home.hop(socketShard, () -> {
            if (closeReason == null && !isSilent && socket != Socket.STALLED) {
                socketShard.loop().execute(this::onHeardNow);
            }
        });
    }

    @Override
    public void close(CloseReason reason) {
        oracle.closing(peer, this, reason);
        home.hop(socketShard, () -> onClose(reason));
    }

    private void onClose(CloseReason reason) {
        if (closeReason != null || !isSocketOpen) {
            return;
        }
        closeReason = reason;
        closingSinceNanos = simulation.nanoTime();
        if (reason == CloseReason.SLOW_CONSUMER) {
            outbox().drop(true);
        }
        armFlush();
        if (peer.hasAskedToClose && reason != CloseReason.CLIENT_CLOSED) {
            oracle.coverage().count(Rare.CROSSING_CLOSES);
        }
    }

    @Override
    public boolean isSocketOpen() {
        return isSocketOpen;
    }

    /** Whether it is between two loops. */
    boolean isMoving() {
        return isMoving;
    }

    @Override
    public String toString() {
        return peer.toString();
    }
}
