package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.AuditReport;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.RouterLimits.WhenUserIsFull;
import io.wsrouter.routing.RouterTables;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.VirtualClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * A small model of who may see what, and in which order, that watches everything that crosses the border of the router. It
 * knows the tokens, the commands in the order in which they were carried out, and what each connection was asked to write;
 * of the router's own notions it uses none to decide.
 *
 * <p>The router is sequential in a run, so the model is exact: at each moment it knows who is connected and subscribed. The
 * first promise that breaks ends the run as a {@link Violation}.
 */
final class Oracle {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int FORGIVEN_MISTAKES = 10;
    private static final int LONGEST_MESSAGE = 2_000;

    private final World world;
    private final Story story;
    private final Coverage coverage;
    private final VirtualClock clock;
    private final List<Target> users;
    private final List<Target> topics;
    private final ReceiptCheck receiptCheck;
    private final Settlement settlement;
    private final PushText push = new PushText();

    private final List<Peer> peers = new ArrayList<>();
    private final List<Given> given = new ArrayList<>();
    private final Map<String, String> mintedIds = new HashMap<>();
    private final int[] mints;
    private final int[] kicks;
    private final int[] tolerated;
    private final Set<String> kickedIds = new HashSet<>();
    private int firstNumber = 1;
    private int peerNumbers;
    private long now;
    private boolean isCorrupted;
    private boolean isDraining;
    private long deadNodes;
    private Violation broken;

    // what the router is to have counted
    private long published;
    private long duplicateIds;
    private int slowBefore;

    Oracle(World world, Story story, Coverage coverage, VirtualClock clock) {
        this.world = world;
        this.story = story;
        this.coverage = coverage;
        this.clock = clock;
        this.users = targets(world.users(), true);
        this.topics = targets(world.topics(), false);
        this.receiptCheck = new ReceiptCheck(this, clock);
        this.settlement = new Settlement(this, world, clock);
        this.tolerated = new int[world.users().size()];
        this.kicks = new int[world.users().size()];
        this.mints = new int[world.nodes() * world.shards()];
    }

    private static List<Target> targets(List<String> names, boolean areUsers) {
        List<Target> targets = new ArrayList<>();
        for (String name : names) {
            targets.add(areUsers ? Target.user(targets.size(), name) : Target.topic(targets.size(), name));
        }
        return targets;
    }

    // ---- verdicts

    /** Ends the run. */
    Violation breaks(String invariant, String what) {
        Violation violation = new Violation(invariant, what);
        if (broken == null) {
            broken = violation;
        }
        throw violation;
    }

    void expects(boolean holds, String invariant, Object who, String what) {
        if (!holds) {
            throw breaks(invariant, who + " " + what);
        }
    }

    /** The first promise that was broken, also where somebody swallowed it; null as long as all is well. */
    Violation broken() {
        return broken;
    }

    Coverage coverage() {
        return coverage;
    }

    Story story() {
        return story;
    }

    List<Target> users() {
        return users;
    }

    List<Target> topics() {
        return topics;
    }

    /** How many publishes the routers are to have counted. */
    long published() {
        return published;
    }

    /** How many ids they are to have refused. */
    long duplicateIds() {
        return duplicateIds;
    }

    List<Peer> peers() {
        return peers;
    }

    boolean isCorrupted() {
        return isCorrupted;
    }

    // ---- the life of a connection

    Peer newPeer(int user, int node, int home, Profile profile, long expiresAtEpochSecond) {
        Peer peer = new Peer(++peerNumbers, user, world.users().get(user), node, home, profile, expiresAtEpochSecond);
        peers.add(peer);
        return peer;
    }

    void registering(Peer peer) {
        expects(peer.registration == null, "3 one id", peer, "is registered a second time");
        List<Peer> present = connectionsOf(peer.user, peer.node);
        boolean isFull = present.size() >= world.connectionsPerUser();
        if (isDraining) {
            peer.registration = RegistrationResult.DRAINING;
        } else if (isFull && world.whenUserIsFull() == WhenUserIsFull.REFUSE) {
            peer.registration = RegistrationResult.USER_FULL;
        } else {
            String mint = peer.node + " " + peer.user + " " + clock.epochMillis() / 1000 + " " + ++mints[peer.home];
            boolean isTaken = peers.stream().anyMatch(other -> other.isOpen && mint.equals(other.mint));
            peer.mint = mint;
            peer.registration = isTaken ? RegistrationResult.DUPLICATE_ID : RegistrationResult.REGISTERED;
            if (isFull && !isTaken) {
                present.get(0).isToBeReplaced = true;
            }
        }
    }

    /** The connections of a user, oldest first. */
    List<Peer> connectionsOf(int user, int node) {
        List<Peer> found = new ArrayList<>();
        for (Peer peer : peers) {
            if (peer.isOpen && peer.user == user && peer.node == node) {
                found.add(peer);
            }
        }
        found.sort(Comparator.comparingLong(peer -> peer.registeredAt));
        return found;
    }

    void registered(Peer peer, VirtualConnection connection, RegistrationResult result) {
        expects(
                result == peer.registration || isCorrupted,
                peer.registration == RegistrationResult.DUPLICATE_ID ? "3 one id" : "4 registered",
                peer,
                "asks to be registered and is answered " + result + " (expected " + peer.registration + ")");
        peer.registration = result;
        count(result);
        if (story.isTold()) {
            story.tell(peer + " is "
                    + (result == RegistrationResult.REGISTERED
                            ? "registered as " + connection.id()
                            : "refused: " + result));
        }
        if (result != RegistrationResult.REGISTERED) {
            return;
        }
        peer.id = connection.id().toString();
        expects(
                peer.id.startsWith("ws_" + peer.userName + "_" + clock.epochMillis() / 1000 + "_"),
                "3 one id",
                peer,
                "has the id " + peer.id);
        String before = mintedIds.put(peer.id, peer.mint);
        expects(
                before == null || before.equals(peer.mint) || isCorrupted,
                "3 one id",
                peer,
                "has an id that was minted before");
        peer.connection = Target.connection(peer.number, peer.id, peer.userName);
        peer.isOpen = true;
        peer.registeredAt = ++now;
        peer.judgedAtEpochSecond = clock.epochMillis() / 1000;
        peer.heardNanos = clock.nanoTime();
        peer.pingedNanos = clock.nanoTime();
        expects(
                isCorrupted || RouterTables.connection(connection.home(), connection.id()) == connection,
                "4 registered",
                peer,
                "is registered and not found under its id");
        int open = connectionsOf(peer.user, peer.node).size();
        expects(
                open <= Math.max(world.connectionsPerUser(), tolerated[peer.user]) || isCorrupted,
                "8 bounded",
                peer,
                "is one of " + open + " connections (expected at most " + world.connectionsPerUser() + ")");
    }

    private void count(RegistrationResult result) {
        switch (result) {
            case USER_FULL -> coverage.count(Rare.USER_FULL);
            case DUPLICATE_ID -> {
                coverage.count(Rare.TAKEOVER_REFUSED);
                duplicateIds++;
            }
            default -> {}
        }
    }

    /** A fault of the machine takes back the last number that a shard has minted from. */
    void repeatingId(int home) {
        mints[home]--;
    }

    /** The router has decided to close a connection. */
    void closing(Peer peer, VirtualConnection connection, CloseReason reason) {
        if (story.isTold()) {
            story.tell(peer + " is closed: " + reason.word());
        }
        expects(peer.isOpen, "4 closed", peer, "is closed again: " + reason);
        expects(isJustified(peer, reason), "4 closed", peer, "is closed without cause: " + reason);
        count(reason);
        peer.isOpen = false;
        peer.closeReason = reason;
        expects(
                isCorrupted || RouterTables.connection(connection.home(), connection.id()) != connection,
                "4 closed",
                peer,
                "is closed and still in the tables");
    }

    private boolean isJustified(Peer peer, CloseReason reason) {
        return switch (reason) {
            case CLIENT_CLOSED -> peer.hasAskedToClose;
            case KICKED -> kickedIds.contains(peer.id) || kicks[peer.user] > 0 || isCorrupted;
            case SLOW_CONSUMER -> peer.wasTooSlow;
            case REPLACED -> peer.isToBeReplaced || (isCorrupted && world.whenUserIsFull() == WhenUserIsFull.REPLACE);
            case HEARTBEAT_LOST ->
                peer.pings >= World.HEARTBEAT_MISSES
                        && clock.nanoTime() - peer.heardNanos >= World.HEARTBEAT_MISSES * World.HEARTBEAT.toNanos();
            case TOKEN_EXPIRED -> clock.epochMillis() >= peer.endEpochMillis();
            case TOO_MANY_BAD_REQUESTS -> peer.mistakesNanos.size() >= FORGIVEN_MISTAKES;
            case DRAINING -> isDraining;
            case INTERNAL_ERROR -> isCorrupted || peer.hasFaulted;
            default -> false;
        };
    }

    private void count(CloseReason reason) {
        switch (reason) {
            case REPLACED -> coverage.count(Rare.REPLACED);
            case TOKEN_EXPIRED -> coverage.count(Rare.TOKEN_EXPIRED);
            case HEARTBEAT_LOST -> coverage.count(Rare.HEARTBEAT_LOST);
            case TOO_MANY_BAD_REQUESTS -> coverage.count(Rare.BAD_REQUESTS);
            case SLOW_CONSUMER -> {
                coverage.count(Rare.SLOW_CONSUMER);
                if (++slowBefore > 1) {
                    coverage.count(Rare.SLOW_CONSUMERS);
                }
            }
            default -> {}
        }
    }

    /** The router hears that a socket has ended. */
    void gone(Peer peer) {
        if (story.isTold() && peer.isOpen) {
            story.tell(peer + " is gone");
        }
        peer.isOpen = false;
    }

    /** An operator is about to close a connection, or whoever has its id by then. */
    void kicking(Peer peer) {
        kickedIds.add(peer.id);
    }

    /** An operator has looked for a connection to close. */
    void kicked(Peer peer, boolean wasFound) {
        if (!wasFound) {
            coverage.count(Rare.KICK_RACE);
        }
        expects(
                !peer.isOpen || !wasFound || isCorrupted,
                "4 closed",
                peer,
                "should have been closed, as it was kicked");
    }

    /** An operator begins, or has ended, to close whatever a user has. */
    void kicking(Target user, int more) {
        kicks[user.index()] += more;
    }

    /** An operator was told of a user's connections. */
    void described(int node, Target user, List<String> ids) {
        List<String> expected =
                connectionsOf(user.index(), node).stream().map(peer -> peer.id).toList();
        expects(
                isCorrupted || ids.equals(expected),
                "4 tables",
                user,
                "is said to have " + ids + " (expected " + expected + ")");
    }

    // ---- signs of life

    void pinging(Peer peer) {
        expects(peer.isOpen, "4 closed", peer, "is pinged after its end");
        long silentNanos =
                clock.nanoTime() - Math.max(peer.heardNanos, peer.pings == 0 ? Long.MIN_VALUE : peer.pingedNanos);
        expects(silentNanos >= World.HEARTBEAT.toNanos() || isCorrupted, "9 liveness", peer, "is pinged too early");
        peer.pings++;
        peer.pingedNanos = clock.nanoTime();
    }

    // ---- commands

    /** A number for a command that is about to be given. */
    int nextNumber() {
        return firstNumber + given.size();
    }

    void give(Given command) {
        given.add(command);
    }

    private Given given(long number) {
        int index = (int) number - firstNumber;
        return index >= 0 && index < given.size() ? given.get(index) : null;
    }

    List<Given> allGiven() {
        return given;
    }

    /** A command has come to the home shard of who gave it. */
    void carryingOut(Peer peer, VirtualConnection connection, Given command) {
        now++;
        if (isCorrupted && !connection.isOpen() && !connection.isSocketOpen()) {
            peer.isOpen = false; // the audit has taken it out, and there is nobody to tell
        }
        if (!peer.isOpen) {
            coverage.count(Rare.COMMAND_AFTER_CLOSE);
        } else if (command instanceof Sent sent) {
            carryOut(peer, sent);
        } else {
            carryOut(peer, (Asked) command);
        }
    }

    private void carryOut(Peer peer, Sent sent) {
        Outcome verdict = judge(peer.profile, peer.userName, sent);
        if (verdict == null && sent.rawId() != null) {
            if (peer.openReceipts >= world.openReceiptsPerConnection()) {
                coverage.count(Rare.RECEIPTS_EXHAUSTED);
                verdict = Outcome.OVERLOADED;
            } else {
                peer.openReceipts++;
            }
        }
        published++;
        sent.carryOut(verdict, now, clock.nanoTime(), hasReceivers(sent.to()));
        if (verdict != null && sent.rawId() == null) {
            peer.owed[verdict.ordinal()]++;
        }
        countTarget(sent);
        if (story.isTold()) {
            story.tell(peer + " sends " + sent + (verdict == null ? "" : ", which is refused: " + verdict.word()));
        }
    }

    /** A back end has sent a message. */
    void posting(Sent sent, int node, Profile profile, String user) {
        now++;
        sent.postOn(node);
        published++;
        sent.carryOut(judge(profile, user, sent), now, clock.nanoTime(), hasReceivers(sent.to()));
        countTarget(sent);
        if (story.isTold()) {
            story.tell("a back end sends " + sent
                    + (sent.verdict() == null
                            ? ""
                            : ", which is refused: " + sent.verdict().word()));
        }
    }

    private void countTarget(Sent sent) {
        if (sent.verdict() == null && sent.to().kind() == Address.Kind.CONNECTION) {
            Peer receiver = peerOf(sent.to().index());
            if (receiver == null || !receiver.isOpen) {
                coverage.count(Rare.STALE_CONNECTION);
            }
        }
    }

    private Peer peerOf(int number) {
        for (Peer peer : peers) {
            if (peer.number == number) {
                return peer;
            }
        }
        return null;
    }

    private static Outcome judge(Profile profile, String user, Sent sent) {
        Target to = sent.to();
        if (sent.claimedOwner() != null && !sent.claimedOwner().equals(to.owner())) {
            return Outcome.OWNER_MISMATCH;
        }
        return profile.mayPublish(user, to.owner(), to.text()) ? null : Outcome.FORBIDDEN;
    }

    private void carryOut(Peer peer, Asked asked) {
        Command command = asked.command();
        if (command instanceof Command.Subscribe) {
            subscribe(peer, asked);
        } else if (command instanceof Command.Unsubscribe) {
            unsubscribe(peer, asked);
        } else if (command instanceof Command.Ping) {
            asked.owes("pong");
        } else if (command instanceof Command.Refresh) {
            refresh(peer, asked);
        } else if (command instanceof Command.RefusedPublish refused) {
            published++;
            asked.owes("receipt " + refused.outcome().word());
        } else if (command instanceof Command.Invalid invalid) {
            asked.owes("error " + invalid.code().word());
            if (invalid.code() == ErrorCode.BAD_REQUEST) {
                long nowNanos = clock.nanoTime();
                peer.mistakesNanos.removeIf(then -> nowNanos - then > 10 * SECOND_NANOS);
                peer.mistakesNanos.add(nowNanos);
            }
        }
        if (asked.answer() != null && command.id() != null) {
            peer.unanswered.add(asked);
        } else if (command.id() == null && asked.answer().startsWith("error")) {
            peer.errorsOwed++;
        }
        if (story.isTold()) {
            story.tell(peer + " asks " + asked + ", to be answered " + asked.answer());
        }
    }

    private void subscribe(Peer peer, Asked asked) {
        int topic = asked.topic().index();
        if (!peer.profile.maySubscribe(asked.topic().text())) {
            asked.owes("error forbidden");
        } else if (peer.isSubscribedTo(topic)) {
            asked.owes("ok");
        } else if (Integer.bitCount(peer.topics) >= world.subscriptionsPerConnection()) {
            asked.owes("error limit_exceeded");
        } else {
            peer.topics |= 1 << topic;
            peer.confirmedAt[topic] = NEVER;
            asked.owes("ok");
        }
    }

    private void unsubscribe(Peer peer, Asked asked) {
        int topic = asked.topic().index();
        for (Asked waiting : peer.unanswered) {
            if (waiting.isAbout(asked.topic()) && peer.isSubscribedTo(topic)) {
                coverage.count(Rare.UNSUBSCRIBED_WAITING);
            }
        }
        peer.topics &= ~(1 << topic);
        asked.owes("ok");
    }

    private void refresh(Peer peer, Asked asked) {
        long nowNanos = clock.nanoTime();
        if (peer.isRefreshing || (peer.hasRefreshed && nowNanos - peer.refreshedNanos < SECOND_NANOS)) {
            asked.owes("error rate_limited");
            return;
        }
        peer.isRefreshing = true;
        peer.hasRefreshed = true;
        peer.refreshedNanos = nowNanos;
        Refreshed token = asked.token();
        peer.refresh = token;
        if (token == null) {
            asked.owes(asked.isBusy() ? "error overloaded" : "error unauthenticated");
        } else if (token.user() != peer.user) {
            coverage.count(Rare.FOREIGN_TOKEN);
            asked.owes("error forbidden");
        } else {
            asked.owes("ok");
        }
    }

    /** The pool of verifiers has judged a token. */
    void judged(int number) {
        Given refresh = given(number);
        if (refresh != null && !refresh.peer().isOpen) {
            coverage.count(Rare.JUDGED_AFTER_CLOSE);
        }
    }

    /** The home shard has done with a command. */
    void carriedOut(Peer peer, VirtualConnection connection) {
        if (!peer.isOpen) {
            return;
        }
        expects(
                isCorrupted || connection.subscriptionCount() == Integer.bitCount(peer.topics),
                "2 barriers",
                peer,
                "has " + connection.subscriptionCount() + " subscriptions (expected " + Integer.bitCount(peer.topics)
                        + ")");
        expects(
                peer.mistakesNanos.size() < FORGIVEN_MISTAKES,
                "8 bounded",
                peer,
                "has made ten mistakes and is still open");
    }

    // ---- answers

    /** The router writes something of its own to a connection. */
    void pushing(Peer peer, byte[] json, int lengthBytes) {
        push.read(json, lengthBytes);
        if (story.isTold()) {
            story.tell(peer + " is told " + push);
        }
        expects(peer.isOpen, "4 closed", peer, "is told after its end: " + push);
        if (push.startsWith(PushText.RECEIPT)) {
            receipt(peer);
        } else if (push.startsWith(PushText.OK)) {
            answer(peer, "ok");
        } else if (push.startsWith(PushText.PONG)) {
            answer(peer, "pong");
        } else if (push.startsWith(PushText.ERROR)) {
            error(peer);
        } else if (push.startsWith(PushText.REFUSED)) {
            push.find(PushText.OUTCOMES_COUNTS);
            push.addCounts(peer.told);
        } else {
            throw breaks("7 wire", peer + " is told what nobody knows: " + push);
        }
    }

    private void receipt(Peer peer) {
        long number = push.find(PushText.ID) ? push.number() : -1;
        Given answered = given(number);
        if (answered instanceof Asked asked) {
            push.find(PushText.OUTCOME);
            settle(peer, asked, "receipt " + push.outcome().word());
            return;
        }
        expects(answered instanceof Sent, "5 receipts", peer, "gets a receipt for nothing: " + push);
        Sent sent = (Sent) answered;
        expects(sent.peer() == peer, "5 receipts", peer, "gets the receipt of another: " + push);
        expects(
                push.isString(sent.rawId(), Long.toString(number).length()),
                "7 wire",
                peer,
                "does not get the id back that it gave: " + push);
        if (sent.verdict() == null) {
            peer.openReceipts--;
        }
        receiptCheck.check(sent, push);
    }

    /** A back end gets its receipt. */
    void answered(Sent sent, Receipt receipt) {
        if (story.isTold()) {
            story.tell("the back end is told of " + sent + ": " + receipt);
        }
        receiptCheck.check(sent, receipt);
    }

    private void error(Peer peer) {
        if (!push.find(PushText.ID)) {
            errorWithoutId(peer);
            return;
        }
        long number = push.number();
        push.find(PushText.CODE);
        String code = push.word();
        Given answered = given(number);
        if (answered instanceof Asked asked
                && asked.answer() != null
                && asked.answer().equals("ok")
                && asked.topic() != null
                && code.equals("forbidden")
                && isBeingRevoked(peer, asked.topic())) {
            coverage.count(Rare.REVOKED_WAITING);
            asked.owes("error forbidden");
        }
        settle(peer, answered, "error " + code);
    }

    private void errorWithoutId(Peer peer) {
        String text = push.toString();
        for (Target topic : topics) {
            if (text.contains("may no longer subscribe to " + topic + "\"")) {
                expects(isBeingRevoked(peer, topic), "2 barriers", peer, "loses a subscription without cause: " + text);
                coverage.count(Rare.REVOKED);
                if (isUnderWay(topic)) {
                    coverage.count(Rare.REVOKED_IN_FLIGHT);
                }
                peer.revoked |= 1 << topic.index();
                return;
            }
        }
        expects(--peer.errorsOwed >= 0, "5 receipts", peer, "is told of an error that it did not make: " + text);
    }

    private static boolean isBeingRevoked(Peer peer, Target topic) {
        return peer.isRefreshing
                && peer.refresh != null
                && peer.refresh.user() == peer.user
                && peer.isSubscribedTo(topic.index())
                && !peer.refresh.profile().maySubscribe(topic.text());
    }

    private boolean isUnderWay(Target to) {
        for (Given one : given) {
            if (one instanceof Sent sent
                    && sent.to().equals(to)
                    && sent.isUnderWay()
                    && sent.rawId() != null
                    && sent.receipts() == 0) {
                return true;
            }
        }
        return false;
    }

    private void answer(Peer peer, String answer) {
        long number = push.find(PushText.ID) ? push.number() : -1;
        settle(peer, given(number), answer);
    }

    /** A command has got its answer. */
    private void settle(Peer peer, Given answered, String answer) {
        expects(answered instanceof Asked, "5 receipts", peer, "gets an answer to nothing: " + push);
        Asked asked = (Asked) answered;
        expects(
                asked.peer() == peer && peer.unanswered.remove(asked),
                "5 receipts",
                peer,
                "gets a second answer, or one of another: " + push);
        expects(
                answer.equals(asked.answer()),
                "5 receipts",
                peer,
                "asks " + asked + " and is answered " + push + " (expected " + asked.answer() + ")");
        if (asked.command() instanceof Command.Subscribe
                && answer.equals("ok")
                && peer.isSubscribedTo(asked.topic().index())) {
            confirm(peer, asked.topic().index());
        } else if (asked.command() instanceof Command.Refresh && !answer.equals("error rate_limited")) {
            endRefresh(peer, answer);
        }
    }

    private void confirm(Peer peer, int topic) {
        peer.confirmedAt[topic] = Math.min(peer.confirmedAt[topic], now);
    }

    private void endRefresh(Peer peer, String answer) {
        peer.isRefreshing = false;
        Refreshed token = peer.refresh;
        peer.refresh = null;
        if (!answer.equals("ok") || token == null) {
            return;
        }
        expects(
                push.find(PushText.EXPIRES) && push.number() == token.expiresAtEpochSecond(),
                "1 identity",
                peer,
                "goes on until another time than its token says: " + push);
        int lost = 0;
        for (Target topic : topics) {
            if (peer.isSubscribedTo(topic.index()) && !token.profile().maySubscribe(topic.text())) {
                lost |= 1 << topic.index();
            }
        }
        expects(
                lost == peer.revoked,
                "2 barriers",
                peer,
                "has a token that takes away the topics " + Integer.toBinaryString(lost) + ", and lost "
                        + Integer.toBinaryString(peer.revoked));
        peer.revoked = 0;
        peer.topics &= ~lost;
        peer.profile = token.profile();
        peer.expiresAtEpochSecond = token.expiresAtEpochSecond();
        peer.judgedAtEpochSecond = clock.epochMillis() / 1000;
    }

    // ---- messages

    /** The router has a connection write a message. */
    Written writing(Peer peer, Message message) {
        Sent sent = sentOf(message);
        if (story.isTold()) {
            story.tell(peer + " is written " + (sent == null ? message.to() : sent));
        }
        expects(sent != null, "7 opaque", peer, "is written a message that nobody sent: " + text(message));
        expects(sent.isFrame(message), "7 opaque", peer, "is written a message that nobody sent so: " + text(message));
        expects(
                sent.to().text().equals(message.to().toString()) && sent.priority() == message.priority(),
                "2 barriers",
                peer,
                "is written " + sent + " as one to " + message.to());
        expects(
                peer.isOpen || isCorrupted, // then its socket refuses it
                "4 closed",
                peer,
                "is written " + sent + " after its end");
        expects(peer.isReceiverOf(sent.to()), "2 barriers", peer, "is written " + sent + ", which is not for it");
        expects(sent.isCarriedOut(), "4 closed", peer, "is written " + sent + ", which was not accepted");
        expects(
                sent.verdict() == null,
                "2 barriers",
                peer,
                "is written " + sent + ", which was refused: " + sent.verdict());
        if (sent.isTimed()) {
            mayBeTried(peer, sent);
        } else {
            keepsOrder(peer, peer.lastWritten, sent);
        }
        if (sent.isFirstOn(peer.home)) {
            expectReceivers(sent, peer.home);
            slowBefore = 0;
        }
        if (sent.peer() != null && sent.peer().node != peer.node) {
            coverage.count(Rare.REACHED_ANOTHER_NODE);
        }
        Written written = new Written(sent, peer, ++now, clock.nanoTime());
        sent.written().add(written);
        peer.written.add(written);
        peer.undecided++;
        return written;
    }

    /** One who has refused a message for good, or may have got it, must not be written it again. */
    private void mayBeTried(Peer peer, Sent sent) {
        expects(!sent.isExpired(clock.nanoTime()), "8 bounded", peer, "is written " + sent + " after its time");
        int tries = 1;
        for (Written before : sent.written()) {
            if (before.receiver() == peer) {
                tries++;
                boolean mayHeal = before.outcome() == Outcome.SLOW_CONSUMER
                        || before.outcome() == Outcome.OVERLOADED
                        || before.outcome() == Outcome.CLOSED;
                expects(
                        mayHeal || isCorrupted,
                        "6 order",
                        peer,
                        "is written " + sent + " again, which was " + before.outcome());
                coverage.count(Rare.TRIED_AGAIN);
            } else if (before.receiver().user == peer.user && peer.registeredAt > before.at()) {
                coverage.count(Rare.HANDED_ON);
            }
        }
        expects(
                tries <= World.MOST_TRIES || isCorrupted,
                "8 bounded",
                peer,
                "is written " + sent + " for the " + tries + ". time");
    }

    private void expectReceivers(Sent sent, int home) {
        int least = 0;
        int most = 0;
        for (Peer peer : peers) {
            if (peer.isOpen && peer.home == home && peer.isReceiverOf(sent.to())) {
                most++;
                least += peer.isGuarded() ? 0 : 1;
            }
        }
        sent.expect(least, most);
    }

    private boolean hasReceivers(Target to) {
        for (Peer peer : peers) {
            if (peer.isOpen && peer.isReceiverOf(to)) {
                return true;
            }
        }
        return false;
    }

    private void keepsOrder(Peer receiver, Map<Long, Integer> last, Sent sent) {
        Peer publisher = sent.peer();
        long source = publisher == null ? sent.postedOn() : world.nodes() + publisher.number;
        long stream = source << 26 ^ sent.to().key() << 2 ^ sent.priority().ordinal();
        Integer before = last.put(stream, sent.number());
        expects(
                before == null || before < sent.number() || (isCorrupted && before == sent.number()),
                "6 order",
                receiver,
                "gets #" + before + " before " + sent + " of the same publisher");
    }

    /** A message has come to the loop of a socket that is far from home. */
    void arrived(Written written, Message message) {
        expects(
                written.sent().isFrame(message),
                "7 opaque",
                written.receiver(),
                "gets " + written.sent() + " as " + text(message));
    }

    /** A client has got a message. */
    void received(Peer peer, Written written) {
        if (story.isTold()) {
            story.tell(peer + " gets " + written.sent());
        }
        Sent sent = written.sent();
        if (!sent.isTimed()) {
            keepsOrder(peer, peer.lastReceived, sent);
        }
        for (Written other : sent.written()) {
            expects(
                    other.receiver() != peer || !other.isReceived() || isCorrupted,
                    "6 order",
                    peer,
                    "gets " + sent + " a second time");
        }
        written.receive();
    }

    /** What waits for a connection is bounded. */
    void queues(Peer peer, long bytes) {
        expects(
                bytes <= Math.max(world.queue().bytesPerConnection(), LONGEST_MESSAGE),
                "8 bounded",
                peer,
                "has " + bytes + " bytes waiting");
    }

    /** A message had to go for a newer one. */
    void superseded(Written written) {
        coverage.count(Rare.SUPERSEDED);
        decided(written, Outcome.SLOW_CONSUMER);
    }

    /** The router has taken a message back whose time is over. */
    void recalled(Written written) {
        coverage.count(Rare.RECALLED);
        decided(written, Outcome.EXPIRED);
    }

    /** The home shard hears what became of a message. */
    void decided(Written written, Outcome outcome) {
        written.decide(outcome, clock.nanoTime());
        Sent sent = written.sent();
        Peer receiver = written.receiver();
        receiver.undecided--;
        if (outcome == Outcome.WRITE_FAILED || outcome == Outcome.EXPIRED || written.result() == WriteResult.DROPPED) {
            receiver.fail(++now);
        } else if (outcome == Outcome.DELIVERED && receiver.failures > 0 && written.at() > receiver.failedAt) {
            receiver.heal(++now);
        }
        if (outcome == Outcome.EXPIRED) {
            coverage.count(Rare.EXPIRED);
        }
        if (outcome == Outcome.DELIVERED && sent.receipts() > 0) {
            coverage.count(Rare.LATE_DELIVERY);
        }
        if (outcome == Outcome.SLOW_CONSUMER && written.result() == WriteResult.DROPPED) {
            coverage.count(Rare.DROPPED);
        }
        Peer publisher = sent.peer();
        if (written.result() != WriteResult.ACCEPTED
                && !sent.isTimed()
                && publisher != null
                && publisher.node == receiver.node
                && sent.rawId() == null) {
            publisher.owed[outcome.ordinal()]++;
        }
    }

    Sent sentOf(Message message) {
        byte[] json = message.json();
        int end = message.lengthBytes() - 2;
        long number = 0;
        long unit = 1;
        for (int i = end - 1; i > 0 && json[i] >= '0' && json[i] <= '9' && unit <= 1_000_000_000; i--) {
            number += (json[i] - '0') * unit;
            unit *= 10;
        }
        return given(number) instanceof Sent sent ? sent : null;
    }

    private static String text(Message message) {
        return new String(message.json(), 0, message.lengthBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    // ---- faults

    /** A fault of the machine has broken a table: what is sent may go lost until it is repaired, but never astray. */
    void corrupted(String what) {
        isCorrupted = true;
        if (story.isTold()) {
            story.tell("a fault of the machine: " + what);
        }
    }

    void audited(List<AuditReport> reports) {
        for (AuditReport report : reports) {
            if (!report.findings().isEmpty() || !report.suspected().isEmpty()) {
                if (story.isTold()) {
                    story.tell("the audit says " + report.findings() + ", suspects " + report.suspected());
                }
                expects(isCorrupted, "4 tables", "the audit", "finds " + report.findings() + report.suspected());
            }
            if (!report.findings().isEmpty()) {
                coverage.count(Rare.REPAIRED);
                if (given.stream()
                        .anyMatch(one -> one instanceof Sent sent
                                && sent.isUnderWay()
                                && sent.rawId() != null
                                && sent.receipts() == 0)) {
                    coverage.count(Rare.REPAIRED_IN_FLIGHT);
                }
            }
        }
    }

    /** The router has stopped a message that was about to go astray. */
    void stoppedAtTheWrite(SecurityEvent event) {
        coverage.count(Rare.MISDELIVERY_STOPPED);
        if (story.isTold()) {
            story.tell("a message to " + event.address() + " is stopped that was about to go to " + event.user());
        }
        expects(isCorrupted, "2 barriers", "the router", "was about to send a message astray: " + event);
    }

    /** The router reports a fault of its own. */
    void faulted(Throwable cause) {
        if (!VirtualConnection.FAULT.equals(cause.getMessage())) {
            Violation violation = breaksBy(cause);
            throw violation;
        }
    }

    private Violation breaksBy(Throwable cause) {
        Violation violation = new Violation("0 fault", "the router met " + cause);
        violation.initCause(cause);
        if (broken == null) {
            broken = violation;
        }
        return violation;
    }

    /** A node has lost its power. */
    void died(int node) {
        coverage.count(Rare.NODE_DIED);
        if (story.isTold()) {
            story.tell("node " + node + " dies");
        }
        deadNodes |= 1L << node;
        for (Peer peer : peers) {
            if (peer.node == node) {
                peer.isOpen = false;
                peer.undecided = 0;
                peer.registration = RegistrationResult.DRAINING;
            }
        }
        for (Given one : given) {
            if (one instanceof Sent sent) {
                sent.losesSomewhere();
            }
        }
    }

    boolean hasDeadNodes() {
        return deadNodes != 0;
    }

    boolean isDead(int node) {
        return (deadNodes & 1L << node) != 0;
    }

    void draining() {
        isDraining = true;
    }

    // ---- at rest

    /**
     * All tables are repaired. Which of a user's connections counts as the oldest is as the router says from now on, and one
     * that was not to be found while another came makes one too many.
     */
    void repaired(ToIntFunction<Peer> placeOf) {
        isCorrupted = false;
        for (Target user : users) {
            tolerated[user.index()] = 0;
            for (int node = 0; node < world.nodes(); node++) {
                List<Peer> present = connectionsOf(user.index(), node);
                long[] times =
                        present.stream().mapToLong(peer -> peer.registeredAt).toArray();
                present.sort(Comparator.comparingInt(placeOf));
                for (int i = 0; i < times.length; i++) {
                    present.get(i).registeredAt = times[i];
                }
                tolerated[user.index()] = Math.max(tolerated[user.index()], times.length);
            }
        }
    }

    /** Every loop has come to rest, so that every subscription is confirmed. */
    void rested() {
        for (Peer peer : peers) {
            for (int i = 0; i < topics.size(); i++) {
                confirm(peer, i);
            }
        }
    }

    /** Every receipt was due. Looks at everything since the last settlement, and forgets it. */
    void settled(RouterCounts counts) {
        settlement.settle(counts);
        kickedIds.clear();
        firstNumber += given.size();
        given.clear();
        peers.removeIf(Peer::isForgotten);
        peers.forEach(Peer::forget);
    }

    /** Whether a receiver of a message may have been left alone because it has failed. */
    boolean mayBeLeftAlone(Sent sent) {
        for (Peer peer : peers) {
            boolean mayBeReceiver = sent.to().kind() == Address.Kind.TOPIC || peer.isReceiverOf(sent.to());
            if (mayBeReceiver && (peer.isGuarded() || peer.guardedUntil > sent.carriedOutAt())) {
                return true;
            }
        }
        return false;
    }
}
