package io.wsrouter.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Backlog;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.QueueListener;
import io.wsrouter.connection.QueueState;
import io.wsrouter.connection.Waiting;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client and its socket in one: it gives commands to its shard and remembers what the shard writes.
 *
 * <p>The verbs ({@link #publishes}, {@link #subscribesTo}, {@link #disconnects}, ...) hand work to the loop of the shard,
 * as a socket does; nothing happens before the router takes a step. The connection keeps its own simple idea of what it
 * may receive and remembers as {@link #violations()} whatever it should never have seen.
 */
public final class RecordingConnection extends Connection {

    /** What the socket does with a message. */
    public enum Socket {
        /** Takes every byte a little later, as a healthy socket does at the end of the turn. */
        HEALTHY,
        /** Takes every byte within the call. */
        IMMEDIATE,
        /** Queues the message until the test decides; until then it can be recalled. */
        HOLDING,
        /** Has begun to write the message, and waits until the test decides. */
        FLUSHING,
        /** Takes nothing: messages wait in a {@link Backlog} until the test drains it. */
        STALLED,
        /** Its queue is full, and it is to be closed. */
        FULL,
        /** Its queue is full, and it goes on without the message. */
        DROPPING,
        /** Its loop has too much to do. */
        BUSY,
        /** Accepts the message; the write then fails. */
        FAILING,
        /** It is closing, and the shard has not heard of it. */
        GONE
    }

    /** One message that the shard asked to write, and what became of it. */
    public final class Write implements Delivery {

        private final Message message;
        private WriteResult result;
        private final @Nullable Delivery delivery;
        private final boolean isRecallable;
        private final long atNanos = shard.loop().nanoTime();
        private @Nullable Outcome decision;

        private Write(Message message, WriteResult result, @Nullable Delivery delivery, boolean isRecallable) {
            this.message = message;
            this.result = result;
            this.delivery = delivery;
            this.isRecallable = isRecallable;
        }

        public RecordingConnection receiver() {
            return RecordingConnection.this;
        }

        public Message message() {
            return message;
        }

        /** What the connection said to the shard. */
        public WriteResult result() {
            return result;
        }

        /** What became of it; null while that is undecided. */
        public @Nullable Outcome decision() {
            return decision;
        }

        /** When the shard asked. */
        public long atNanos() {
            return atNanos;
        }

        /** The payload, byte for byte. */
        public String data() {
            return dataOf(message);
        }

        @Override
        public void onDelivered() {
            decide(Outcome.DELIVERED);
        }

        @Override
        public void onRefused(Outcome outcome) {
            decide(outcome);
        }

        @Override
        public void onSuperseded() {
            decision = Outcome.SLOW_CONSUMER;
            if (delivery != null) {
                delivery.onSuperseded();
            }
        }

        private void decide(Outcome outcome) {
            if (decision != null) {
                return;
            }
            decision = outcome;
            if (delivery != null && result == WriteResult.ACCEPTED) {
                if (outcome == Outcome.DELIVERED) {
                    delivery.onDelivered();
                } else {
                    delivery.onRefused(outcome);
                }
            }
        }
    }

    private final TestRouter router;
    private final Shard shard;
    private final Shard socketShard;
    private final String user;
    private final List<Write> writes = new ArrayList<>();
    private final List<String> pushes = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private final List<CloseReason> closeReasons = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<Command> heard = new ArrayList<>();
    private final Set<String> wishes = new HashSet<>();
    private final Queue<Socket> script = new ArrayDeque<>();
    private @Nullable Supplier<Socket> source;
    private final Backlog backlog;
    private Socket socket = Socket.HEALTHY;
    private @Nullable RegistrationResult registration;
    private boolean isSilent;
    private boolean isSocketClosed;
    private boolean isSocketOpen = true;
    private Duration lookTime = Duration.ZERO;
    private final Queue<Command> unread = new ArrayDeque<>();
    private boolean isPaused;
    private boolean ignoresPauses;
    private int pings;

    RecordingConnection(TestRouter router, Principal principal) {
        super(principal);
        this.router = router;
        this.shard = router.router().homeShard(principal.user());
        this.socketShard = router.anyShard();
        this.user = principal.user().name();
        this.backlog = shard.queueBudget().open(() -> inOneStep(() -> shard.onClose(this, CloseReason.SLOW_CONSUMER)));
    }

    // ---- what the client does

    /** Publishes without asking for a receipt. */
    public void publishes(String to, String data) {
        gives(publish(null, to, data, null));
    }

    /** Publishes and asks for a receipt under {@code id}. */
    public void publishes(String id, String to, String data) {
        gives(publish(id, to, data, null));
    }

    /** Publishes with a time to live, and asks for a receipt under {@code id} unless that is null. */
    public void publishes(@Nullable String id, String to, String data, Duration ttl) {
        gives(publishFor(id, to, data, ttl));
    }

    /** Publishes, saying whom it believes the address to belong to. */
    public void publishesBelieving(String owner, String id, String to, String data) {
        gives(publish(id, to, data, owner));
    }

    public void subscribesTo(String topic) {
        gives(new Command.Subscribe(null, Address.parse(topic)));
    }

    public void subscribesTo(String topic, String id) {
        gives(new Command.Subscribe(id, Address.parse(topic)));
    }

    public void unsubscribesFrom(String topic) {
        gives(new Command.Unsubscribe(null, Address.parse(topic)));
    }

    public void unsubscribesFrom(String topic, String id) {
        gives(new Command.Unsubscribe(id, Address.parse(topic)));
    }

    /** Sends a new token. */
    public void refreshes(String token, String id) {
        gives(new Command.Refresh(id, token));
    }

    /** Sends something that is no valid command. */
    public void talksNonsense() {
        gives(new Command.Invalid(null, ErrorCode.BAD_REQUEST, "unexpected character at 0", false));
    }

    /** Gives a command: one step of its shard's loop. */
    public void gives(Command command) {
        inOneStep(() -> carryOut(command));
    }

    /** Gives commands that the loop reads in one turn. */
    public void givesAtOnce(Command... commands) {
        inOneStep(() -> {
            for (Command command : commands) {
                carryOut(command);
            }
        });
    }

    /** Sends a close frame. */
    public void disconnects() {
        inOneStep(() -> shard.onClose(this, CloseReason.CLIENT_CLOSED));
    }

    /** Its socket ends without a word: the shard hears of it a little later, and what waited is lost. */
    public void losesItsSocket() {
        inOneStep(() -> {
            isSocketOpen = false;
            inOneStep(() -> {
                socket = Socket.GONE;
                onSocketClosed();
            });
        });
    }

    /** Its socket ends on a loop of its own, and the news comes to the shard as a hop. */
    public void losesItsSocketFarAway() {
        socketShard.loop().execute(() -> {
            isSocketOpen = false;
            socketShard
                    .loop()
                    .execute(() -> socketShard.hop(shard, () -> {
                        socket = Socket.GONE;
                        onSocketClosed();
                    }));
        });
    }

    /** Its socket ends, and nobody ever tells the shard. */
    void losesItsSocketUnheard() {
        isSocketOpen = false;
    }

    /** Gives its commands whatever its shard says. */
    public void ignoresPauses() {
        ignoresPauses = true;
    }

    /** Answers no more pings. */
    public void fallsSilent() {
        isSilent = true;
    }

    /** Sends any frame: the peer lives. */
    public void isHeard() {
        onHeard(shard.loop().nanoTime());
    }

    public void has(Socket newSocket) {
        socket = newSocket;
    }

    /** Answers for what it holds, as a queue does, the oldest first or when they are displaced the newest first; then it changes. */
    public void becomes(Socket newSocket, Outcome heldAre) {
        if (heldAre == Outcome.SLOW_CONSUMER) {
            decidesHeldFromTheNewest(heldAre);
        } else {
            decidesHeld(heldAre);
        }
        inOneStep(() -> socket = socket == Socket.GONE ? socket : newSocket);
    }

    /** Is like this for the next messages, one after the other, and as before afterwards. */
    public void hasInTurn(Socket... sockets) {
        script.addAll(List.of(sockets));
    }

    /** Asks what it is like each time that it is given a message. */
    public void hasEachTime(Supplier<Socket> newSource) {
        source = newSource;
    }

    /** Takes everything that it held, and holds no more. */
    public void takesEverything() {
        socket = Socket.HEALTHY;
        decidesHeld(Outcome.DELIVERED);
    }

    /** Takes the first messages of what waits for its stalled socket, as many as there are up to {@code count}. */
    public void drains(int count) {
        inOneStep(() -> {
            for (int i = 0; i < count; i++) {
                Waiting next = backlog.poll(shard.loop().nanoTime());
                if (next != null && next.delivery() != null) {
                    next.delivery().onDelivered();
                }
            }
            backlog.tellRefused();
        });
    }

    /** Decides everything that it holds now. */
    public void decidesHeld(Outcome outcome) {
        inOneStep(() -> decideAll(outcome));
    }

    /** Decides everything that it holds now, the newest first. */
    public void decidesHeldFromTheNewest(Outcome outcome) {
        inOneStep(() -> {
            for (int i = writes.size() - 1; i >= 0; i--) {
                writes.get(i).decide(outcome);
            }
        });
    }

    /** Decides the first message that it holds. */
    public void decidesFirstHeld(Outcome outcome) {
        inOneStep(() -> writes.stream()
                .filter(write -> write.decision == null)
                .findFirst()
                .ifPresent(write -> write.decide(outcome)));
    }

    // ---- what came of it

    /** What the shard said when it asked to be registered; null before. */
    public @Nullable RegistrationResult registration() {
        return registration;
    }

    /** Its id in an address. */
    public String address() {
        return "connection:" + id();
    }

    public String user() {
        return user;
    }

    public Shard shard() {
        return shard;
    }

    /** The shard on whose loop its socket is. */
    Shard socketShard() {
        return socketShard;
    }

    public Socket socket() {
        return socket;
    }

    /** The payloads that its socket took, in order. */
    public List<String> received() {
        return writes.stream()
                .filter(write -> write.decision == Outcome.DELIVERED)
                .map(Write::data)
                .toList();
    }

    /** The messages that its socket took, as JSON, in order. */
    public List<String> messages() {
        return writes.stream()
                .filter(write -> write.decision == Outcome.DELIVERED)
                .map(write -> new String(write.message.json(), UTF_8))
                .toList();
    }

    /** Every message that the shard asked to write. */
    public List<Write> writes() {
        return Collections.unmodifiableList(writes);
    }

    /** The pushes of the router itself, as JSON, in order. */
    public List<String> pushes() {
        return Collections.unmodifiableList(pushes);
    }

    /** Everything that was accepted for writing, as JSON, in order. */
    public List<String> frames() {
        return Collections.unmodifiableList(frames);
    }

    /** The pushes of one type, for example {@code ok}. */
    public List<Push> pushes(String type) {
        return pushes.stream()
                .filter(json -> json.startsWith("{\"type\":\"" + type + "\""))
                .map(Push::parse)
                .toList();
    }

    /** The receipts that it got for {@code id}. */
    public List<Receipt> receipts(String id) {
        return pushes("receipt").stream()
                .filter(push -> id.equals(push.id()))
                .map(Push::receipt)
                .toList();
    }

    /** The one receipt that it got for {@code id}. */
    public Receipt receipt(String id) {
        List<Receipt> receipts = receipts(id);
        if (receipts.size() != 1) {
            throw new AssertionError(this + " has " + receipts.size() + " receipts for " + id + " (expected 1)");
        }
        return receipts.get(0);
    }

    /** The commands that were answered with {@code ok}, in order. */
    public List<String> acknowledged() {
        return pushes("ok").stream().map(Push::id).toList();
    }

    /** The codes of the errors that it got, in order. */
    public List<String> errors() {
        return pushes("error").stream().map(push -> push.text("code")).toList();
    }

    /** The commands that the shard carried out or refused, in order: those that came while it was open. */
    public List<Command> heard() {
        return Collections.unmodifiableList(heard);
    }

    /** The topics that it has asked for, as far as it may: a naive account, to compare with the tables. */
    public Set<String> wishes() {
        return Collections.unmodifiableSet(wishes);
    }

    /** Why the shard closed it: one reason, or none. */
    public List<CloseReason> closeReasons() {
        return Collections.unmodifiableList(closeReasons);
    }

    /** Whether it was registered and neither side has closed it since: what the tables must agree with. */
    public boolean isConnected() {
        return registration == RegistrationResult.REGISTERED && closeReasons.isEmpty() && !isSocketClosed;
    }

    /** Whether its shard reads nothing from it. */
    public boolean isPaused() {
        return isPaused;
    }

    public int pings() {
        return pings;
    }

    /** What it should never have seen. */
    public List<String> violations() {
        return Collections.unmodifiableList(violations);
    }

    // ---- the port to the shard

    @Override
    public WriteResult write(Message borrowed, @Nullable Delivery delivery) {
        checkLoop("write");
        Message message = borrowed.kept();
        if (!isConnected()) {
            violations.add("a message was written to it after its end: " + message.to());
            return WriteResult.CLOSED;
        }
        if (!isForMe(message)) {
            violations.add("a message for " + message.to() + " was written to it");
        }
        Socket now = socketNow();
        if (now == Socket.STALLED) {
            return keepsWaiting(message, delivery);
        }
        WriteResult result = switch (now) {
            case HEALTHY, IMMEDIATE, HOLDING, FLUSHING, FAILING, STALLED -> WriteResult.ACCEPTED;
            case FULL -> WriteResult.SLOW_CONSUMER;
            case DROPPING -> WriteResult.DROPPED;
            case BUSY -> WriteResult.OVERLOADED;
            case GONE -> WriteResult.CLOSED;
        };
        Write write = new Write(message, result, delivery, now == Socket.HOLDING);
        writes.add(write);
        if (result == WriteResult.ACCEPTED) {
            frames.add(new String(message.json(), UTF_8));
        }
        switch (now) {
            case HEALTHY -> inOneStep(() -> write.decide(Outcome.DELIVERED));
            case FAILING -> inOneStep(() -> write.decide(Outcome.WRITE_FAILED));
            case IMMEDIATE -> write.decide(Outcome.DELIVERED);
            case HOLDING, FLUSHING, STALLED -> {}
            case FULL, DROPPING -> write.decide(Outcome.SLOW_CONSUMER);
            case BUSY -> write.decide(Outcome.OVERLOADED);
            case GONE -> write.decide(Outcome.CLOSED);
        }
        return result;
    }

    private WriteResult keepsWaiting(Message message, @Nullable Delivery delivery) {
        Write write = new Write(message, WriteResult.ACCEPTED, delivery, false);
        writes.add(write);
        write.result = backlog.add(message, write, shard.loop().nanoTime());
        if (write.result != WriteResult.ACCEPTED) {
            write.decide(Outcome.SLOW_CONSUMER);
        }
        return write.result;
    }

    @Override
    public boolean recall(Delivery delivery) {
        checkLoop("recall");
        for (Write write : writes) {
            if (write.delivery == delivery && write.decision == null && (write.isRecallable || backlog.recall(write))) {
                write.decision = Outcome.EXPIRED;
                return true;
            }
        }
        return false;
    }

    @Override
    public void push(byte[] json, int lengthBytes) {
        checkLoop("push");
        String text = new String(json, 0, lengthBytes, UTF_8);
        if (!isConnected()) {
            violations.add("a push was written to it after its end: " + text);
        }
        pushes.add(text);
        frames.add(text);
        if (text.startsWith("{\"type\":\"ok\"") && text.contains(",\"expires\":")) {
            wishes.removeIf(topic -> !principal().maySubscribe(Address.parse(topic)));
        }
    }

    @Override
    public void ping() {
        checkLoop("ping");
        if (!isConnected()) {
            violations.add("it was pinged after its end");
        }
        pings++;
        if (!isSilent) {
            inOneStep(this::isHeard);
        }
    }

    @Override
    public void close(CloseReason reason) {
        checkLoop("close");
        if (!isConnected()) {
            violations.add("it was closed again: " + reason);
        }
        closeReasons.add(reason);
        if (reason == CloseReason.SLOW_CONSUMER) {
            backlog.close(QueueListener.Drop.CUT_OFF);
        }
        inOneStep(this::onSocketClosed);
    }

    @Override
    public void pauseReading() {
        checkLoop("pauseReading");
        if (isPaused) {
            violations.add("it was paused twice");
        }
        isPaused = true;
    }

    @Override
    public void resumeReading() {
        checkLoop("resumeReading");
        if (!isPaused) {
            violations.add("it was resumed, and had not been paused");
        }
        isPaused = false;
        while (!isPaused && !unread.isEmpty()) {
            carryOut(unread.remove());
        }
    }

    /** Lets time pass whenever somebody looks at its socket. */
    void takesToLookAt(Duration time) {
        lookTime = time;
    }

    @Override
    public boolean isSocketOpen() {
        router.clock().advance(lookTime);
        return isSocketOpen;
    }

    @Override
    public void describeQueue(Consumer<QueueState> answer) {
        answer.accept(backlog.describe(shard.loop().nanoTime()));
    }

    @Override
    public String toString() {
        return registration == RegistrationResult.REGISTERED ? id().toString() : "unregistered of " + user;
    }

    // ---- steps of the shard's loop

    void register(Consumer<RecordingConnection> then) {
        inOneStep(() -> {
            registration = shard.onRegister(this);
            if (registration == RegistrationResult.REGISTERED) {
                socketShard.loop().execute(() -> onSocketOpened());
            }
            then.accept(this);
        });
    }

    private void carryOut(Command command) {
        if (isPaused && !ignoresPauses) {
            unread.add(command);
            return;
        }
        if (isConnected()) {
            heard.add(command);
            remember(command);
        }
        shard.onCommand(this, command);
    }

    private void remember(Command command) {
        if (command instanceof Command.Subscribe subscribe
                && principal().maySubscribe(subscribe.to())
                && wishes.size() < router.limits().subscriptionsPerConnection()) {
            wishes.add(subscribe.to().toString());
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            wishes.remove(unsubscribe.to().toString());
        }
    }

    private void onSocketOpened() {
        socketShard.onSocketOpened(this);
        if (!isSocketOpen) {
            socketShard.onSocketClosed(this);
        }
    }

    private void onSocketClosed() {
        isSocketOpen = false;
        isSocketClosed = true;
        socketShard.loop().execute(() -> socketShard.onSocketClosed(this));
        shard.onClosed(this);
        backlog.close(QueueListener.Drop.CLOSED);
        decideAll(Outcome.CLOSED);
    }

    private void decideAll(Outcome outcome) {
        for (Write write : writes) {
            write.decide(outcome);
        }
    }

    private Socket socketNow() {
        if (socket == Socket.GONE) {
            return socket;
        }
        return !script.isEmpty() ? script.remove() : source == null ? socket : source.get();
    }

    private boolean isForMe(Message message) {
        String to = message.to().toString();
        boolean isMine = to.equals("user:" + user) || to.equals(address()) || wishes.contains(to);
        return isMine && new String(message.json(), UTF_8).startsWith("{\"type\":\"message\",\"to\":\"" + to + "\",");
    }

    private void checkLoop(String what) {
        if (!shard.loop().isCurrent()) {
            violations.add(what + " was called on another loop than its own");
        }
    }

    private void inOneStep(Runnable task) {
        shard.loop().execute(task);
    }

    private static Command.Publish publish(@Nullable String id, String to, String data, @Nullable String claimedOwner) {
        return new Command.Publish(id, Address.parse(to), null, RawJson.of(data), Priority.NORMAL, claimedOwner);
    }

    /** A publish with a time to live. */
    static Command.Publish publishFor(@Nullable String id, String to, String data, Duration ttl) {
        return new Command.Publish(
                id, Address.parse(to), null, RawJson.of(data), Priority.NORMAL, null, (int) ttl.toMillis());
    }

    /** The payload is the last member of a message, and an unescaped quote stands in no name before it. */
    private static String dataOf(Message message) {
        String json = new String(message.json(), UTF_8);
        int start = json.indexOf(",\"data\":");
        return start < 0 ? "" : json.substring(start + ",\"data\":".length(), json.length() - 1);
    }
}
