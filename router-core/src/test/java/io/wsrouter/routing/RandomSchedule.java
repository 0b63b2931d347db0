package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import io.wsrouter.routing.RecordingConnection.Write;
import io.wsrouter.routing.RouterLimits.WhenUserIsFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The life of a router under one seed: clients come and go, subscribe, publish, stall and vanish while the loops take
 * their steps in random order. Every hundred actions or so the router comes to rest, and everything that was promised
 * since the last rest is compared with what a naive model says and with what the connections saw.
 */
final class RandomSchedule {

    private static final int ACTIONS_PER_PHASE = 100;
    private static final int MOST_MEMBERS = 24;
    private static final Duration LONGER_THAN_A_RECEIPT = Duration.ofMillis(2_300);

    /** What a kind of user may do, as plain text, judged by {@link #covers} and by no code of the product. */
    private record Profile(List<String> publish, List<String> subscribe) {}

    private static final List<Profile> PROFILES = List.of(
            new Profile(List.of("*"), List.of("*")),
            new Profile(List.of("*"), List.of("topic:*")),
            new Profile(List.of("topic:*", "user:a*"), List.of("topic:t1", "topic:t2")),
            new Profile(List.of(), List.of()));

    /** One publish, and what the model says of it before it is given. */
    private record Sent(
            int number,
            @Nullable Member publisher,
            Command.Publish command,
            @Nullable Outcome refusal,
            @Nullable CompletableFuture<Receipt> answer) {

        String to() {
            return command.to().toString();
        }

        /** Whether the shard got it while the publisher was connected. */
        boolean isHeard() {
            return publisher == null || publisher.heard.contains(command);
        }

        @Override
        public String toString() {
            return number + " to " + to() + " by " + (publisher == null ? "nobody" : publisher.connection);
        }
    }

    /** One client, and what the model knows of it. */
    private static final class Member {

        private final Profile profile;
        private final long expiresAtEpochSecond;
        private RecordingConnection connection;
        private long registeredAtEpochSecond;
        private boolean isSilent;
        private boolean hasLeft;
        private boolean isKicked;
        private boolean isStable;
        private Set<String> wishesBefore = Set.of();
        private int writesBefore;
        private int pushesBefore;
        private int heardBefore;

        private Set<Command> heard = Set.of();
        private final Map<String, List<Push>> answers = new HashMap<>();
        private final Map<Outcome, Integer> told = new EnumMap<>(Outcome.class);
        private final Map<Outcome, Integer> owed = new EnumMap<>(Outcome.class);
        private int leastNoRoute;
        private int mostNoRoute;

        Member(Profile profile, long expiresAtEpochSecond) {
            this.profile = profile;
            this.expiresAtEpochSecond = expiresAtEpochSecond;
        }

        String user() {
            return connection.user();
        }

        /** When the token ends, which is thirty seconds later for one that had ended before. */
        long endEpochSecond() {
            return expiresAtEpochSecond + (expiresAtEpochSecond <= registeredAtEpochSecond ? 30 : 0);
        }

        List<Write> newWrites() {
            return connection.writes().subList(writesBefore, connection.writes().size());
        }

        List<Command> newHeard() {
            return connection.heard().subList(heardBefore, connection.heard().size());
        }

        /** Reads what has come since the last rest. */
        void read() {
            heard = new HashSet<>(newHeard());
            for (String json : connection
                    .pushes()
                    .subList(pushesBefore, connection.pushes().size())) {
                Push push = Push.parse(json);
                if (push.id() != null) {
                    answers.computeIfAbsent(push.id(), id -> new ArrayList<>()).add(push);
                } else if (push.type().equals("refused")) {
                    push.counts("outcomes").forEach((outcome, count) -> told.merge(outcome, count, Integer::sum));
                }
            }
        }

        List<Push> answers(@Nullable String id) {
            return answers.getOrDefault(id, List.of());
        }

        void startPhase() {
            isStable = connection.isConnected();
            wishesBefore = Set.copyOf(connection.wishes());
            writesBefore = connection.writes().size();
            pushesBefore = connection.pushes().size();
            heardBefore = connection.heard().size();
            answers.clear();
            told.clear();
            owed.clear();
            leastNoRoute = 0;
            mostNoRoute = 0;
        }
    }

    private final SplittableRandom random;
    private final RecordingBackplane backplane = RecordingBackplane.alone();
    private final WhenUserIsFull whenUserIsFull;
    private final int connectionsPerUser;
    private final int subscriptionsPerConnection;
    private final boolean isCreditShort;
    private final TestRouter router;
    private final List<String> users;
    private final List<Member> members = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private final List<AuditFinding> unclean = new ArrayList<>();
    private int numbers;
    private int ticks;
    private long publishedBefore;
    private long droppedBefore;

    RandomSchedule(long seed) {
        random = new SplittableRandom(seed);
        whenUserIsFull = random.nextBoolean() ? WhenUserIsFull.REFUSE : WhenUserIsFull.REPLACE;
        connectionsPerUser = 1 + random.nextInt(4);
        subscriptionsPerConnection = 1 + random.nextInt(4);
        TestLimits limits = TestLimits.usual()
                .connectionsPerUser(connectionsPerUser, whenUserIsFull)
                .subscriptionsPerConnection(subscriptionsPerConnection)
                .heartbeat(Duration.ofSeconds(5), 2);
        isCreditShort = random.nextBoolean();
        if (isCreditShort) {
            limits.credits(1 + random.nextInt(20), 1 + random.nextInt(2_000));
        }
        router = TestRouter.with(1 + random.nextInt(7), limits, backplane, random.nextLong());
        int name = random.nextInt(1_000);
        users = List.of("a" + name, "a_" + name, "b" + name, "c" + name, "c" + name + "_1", "d" + name);
    }

    /** Takes this many random actions, and looks at everything at each rest. */
    void run(int actions) {
        for (int i = 1; i <= actions; i++) {
            act();
            if (i % ACTIONS_PER_PHASE == 0 || i == actions) {
                comeToRest();
            }
        }
    }

    /** Everything that each connection was sent, in the order in which they were registered. */
    List<List<String>> history() {
        return router.connections().stream().map(RecordingConnection::frames).toList();
    }

    // ---- actions

    private void act() {
        int dice = random.nextInt(100);
        if (dice < 8 || members.isEmpty()) {
            connect();
        } else if (dice < 18) {
            subscribe(anyone());
        } else if (dice < 24) {
            unsubscribe(anyone());
        } else if (dice < 58) {
            publish(anyone());
        } else if (dice < 60) {
            publishFromNowhere();
        } else if (dice < 67) {
            Socket[] sockets = {
                Socket.HEALTHY, Socket.IMMEDIATE, Socket.HOLDING, Socket.FULL, Socket.FAILING, Socket.GONE
            };
            anyone().connection.has(random.nextInt(3) > 0 ? Socket.HEALTHY : sockets[random.nextInt(sockets.length)]);
        } else if (dice < 70) {
            anyone().connection.decidesHeld(random.nextBoolean() ? Outcome.DELIVERED : Outcome.WRITE_FAILED);
        } else if (dice < 73) {
            leave(anyone());
        } else if (dice < 74) {
            fallSilent(anyone());
        } else if (dice < 75) {
            anyone().connection.gives(new Command.Ping(id()));
        } else if (dice < 77 && ticks < 10) {
            ticks++;
            router.advance(Duration.ofMillis(1 + random.nextInt(100)));
        } else if (dice < 80) {
            router.router().audit().thenAccept(reports -> reports.forEach(this::collect));
        } else {
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                router.step();
            }
        }
    }

    /** Whatever goes on while it runs, the audit should find nothing. */
    private void collect(AuditReport report) {
        unclean.addAll(report.findings());
        unclean.addAll(report.suspected());
    }

    private void connect() {
        if (members.size() >= MOST_MEMBERS) {
            leave(anyone());
            return;
        }
        Profile profile = PROFILES.get(random.nextInt(PROFILES.size()));
        long expiresAt = router.clock().epochSecond() + (random.nextInt(4) == 0 ? random.nextInt(-5, 60) : 1_000_000);
        Member member = new Member(profile, expiresAt);
        String user = users.get(random.nextInt(users.size()));
        Principal principal = new Principal(
                Address.user(user),
                Principals.granted(user, profile.publish(), profile.subscribe()).grants(),
                expiresAt);
        member.connection = router.arrives(principal, answered -> {
            member.registeredAtEpochSecond = router.clock().epochSecond();
            assertRegistration(answered);
        });
        members.add(member);
    }

    private void subscribe(Member member) {
        String topic = random.nextInt(20) == 0 ? "user:" + member.user() : anyTopic();
        member.connection.gives(new Command.Subscribe(sometimesId(), Address.parse(topic)));
    }

    private void unsubscribe(Member member) {
        Set<String> wishes = member.connection.wishes();
        String topic = wishes.isEmpty() || random.nextInt(4) == 0
                ? anyTopic()
                : List.copyOf(new TreeSet<>(wishes)).get(random.nextInt(wishes.size()));
        member.connection.gives(new Command.Unsubscribe(sometimesId(), Address.parse(topic)));
    }

    private void publish(Member member) {
        String to = anyAddress();
        String owner = ownerOf(to);
        String claimed = owner == null || random.nextInt(4) > 0 ? null : random.nextInt(3) > 0 ? owner : "mallory";
        Outcome refusal = null;
        if (claimed != null && !claimed.equals(owner)) {
            refusal = Outcome.OWNER_MISMATCH;
        } else if (!mayPublish(member, to)) {
            refusal = Outcome.FORBIDDEN;
        }
        Command.Publish command = command(sometimesId(), to, claimed);
        sent.add(new Sent(numbers, member, command, refusal, null));
        member.connection.gives(command);
    }

    private void publishFromNowhere() {
        Command.Publish command = command(null, anyAddress(), null);
        sent.add(new Sent(
                numbers, null, command, null, router.router().publish(Principals.everything("backend"), command)));
    }

    private void leave(Member member) {
        member.hasLeft = true;
        switch (random.nextInt(4)) {
            case 0 -> member.connection.disconnects();
            case 1 -> member.connection.losesItsSocket();
            case 2 -> member.connection.losesItsSocketFarAway();
            default -> {
                if (member.connection.registration() == RegistrationResult.REGISTERED) {
                    member.isKicked = true;
                    router.router().kick(member.connection.id(), Address.user("root"), null);
                } else {
                    member.connection.disconnects();
                }
            }
        }
    }

    private void fallSilent(Member member) {
        member.isSilent = true;
        member.connection.fallsSilent();
    }

    private Command.Publish command(@Nullable String id, String to, @Nullable String claimedOwner) {
        RawJson number = RawJson.of(Integer.toString(++numbers));
        return new Command.Publish(id, Address.parse(to), null, number, Priority.NORMAL, claimedOwner);
    }

    private Member anyone() {
        return members.get(random.nextInt(members.size()));
    }

    private String anyTopic() {
        return "topic:t" + random.nextInt(5);
    }

    private String anyAddress() {
        int dice = random.nextInt(10);
        if (dice < 4) {
            return anyTopic();
        }
        RecordingConnection connection = anyone().connection;
        if (dice < 6 && connection.registration() == RegistrationResult.REGISTERED) {
            return connection.address();
        }
        return "user:" + (dice < 7 ? "nobody" : users.get(random.nextInt(users.size())));
    }

    private @Nullable String sometimesId() {
        return random.nextInt(4) == 0 ? null : id();
    }

    private String id() {
        return "id" + ++numbers;
    }

    // ---- rest

    private void comeToRest() {
        router.runUntilIdle();
        Set<Write> undecided = new HashSet<>();
        for (Member member : members) {
            member.newWrites().stream()
                    .filter(write -> write.decision() == null)
                    .forEach(undecided::add);
        }
        router.advance(LONGER_THAN_A_RECEIPT);

        assertThat(router.findings()).isEmpty();
        assertThat(unclean).as("what audits found").isEmpty();
        members.forEach(Member::read);
        members.forEach(this::assertEndIsJustified);
        Map<Integer, List<Write>> writes = writesByNumber();
        assertPublishes(writes, undecided);
        members.forEach(RandomSchedule::assertToldOfRefusals);
        assertNobodyWasPassedOver(writes);
        assertOrder();
        members.forEach(this::assertCommandsAnswered);

        members.removeIf(member -> !member.connection.isConnected());
        members.forEach(Member::startPhase);
        sent.clear();
        ticks = 0;
    }

    private void assertRegistration(RecordingConnection answered) {
        long others = members.stream()
                .filter(member -> member.user().equals(answered.user()))
                .filter(member -> member.connection != answered && member.connection.isConnected())
                .count();
        if (whenUserIsFull == WhenUserIsFull.REFUSE && others >= connectionsPerUser) {
            assertThat(answered.registration()).isEqualTo(RegistrationResult.USER_FULL);
        } else {
            assertThat(answered.registration()).isEqualTo(RegistrationResult.REGISTERED);
            assertThat(others).isLessThan(connectionsPerUser);
        }
    }

    private void assertEndIsJustified(Member member) {
        boolean isExpired = router.clock().epochSecond() > member.endEpochSecond();
        for (CloseReason reason : member.connection.closeReasons()) {
            boolean isJustified = switch (reason) {
                case CLIENT_CLOSED -> member.hasLeft;
                case KICKED -> member.isKicked;
                case SLOW_CONSUMER ->
                    member.connection.writes().stream().anyMatch(write -> write.result() == WriteResult.SLOW_CONSUMER);
                case REPLACED -> whenUserIsFull == WhenUserIsFull.REPLACE;
                case HEARTBEAT_LOST -> member.isSilent;
                case TOKEN_EXPIRED -> router.clock().epochSecond() >= member.endEpochSecond();
                default -> false;
            };
            assertThat(isJustified).as("%s of %s", reason, member.connection).isTrue();
        }
        assertThat(member.connection.closeReasons().size()).isLessThanOrEqualTo(1);
        if (member.hasLeft || isExpired) {
            assertThat(member.connection.isConnected())
                    .as("%s", member.connection)
                    .isFalse();
        }
    }

    private Map<Integer, List<Write>> writesByNumber() {
        Map<Integer, List<Write>> writes = new HashMap<>();
        for (Member member : members) {
            Set<Integer> numbersSeen = new HashSet<>();
            for (Write write : member.newWrites()) {
                int number = numberOf(write);
                assertThat(numbersSeen.add(number))
                        .as("%s got %d once", member.connection, number)
                        .isTrue();
                writes.computeIfAbsent(number, key -> new ArrayList<>()).add(write);
            }
        }
        return writes;
    }

    /** Each publish reached whom its receipt says, and each receipt that is owed was given. */
    private void assertPublishes(Map<Integer, List<Write>> writes, Set<Write> undecided) {
        long published = 0;
        long dropped = 0;
        for (Sent one : sent) {
            Member publisher = one.publisher();
            List<Write> received = writes.getOrDefault(one.number(), List.of());
            if (one.refusal() != null || !one.isHeard()) {
                assertThat(received).as("%s", one).isEmpty();
            }
            if (!one.isHeard()) {
                continue;
            }
            published++;
            if (publisher == null) {
                assertReceipt(one, router.answer(one.answer()), received, undecided);
            } else if (one.command().id() == null) {
                rememberWhatIsOwed(publisher, one, received);
            } else {
                List<Push> given = publisher.answers(one.command().id());
                boolean isSure = publisher.connection.isConnected() || (one.refusal() != null && !isCreditShort);
                assertThat(given.size()).as("receipts of %s", one).isBetween(isSure ? 1 : 0, 1);
                given.forEach(push -> assertReceipt(one, push.receipt(), received, undecided));
                dropped += given.isEmpty() ? 1 : 0;
            }
        }
        assertThat(router.count(Metric.PUBLISHED) - publishedBefore).isEqualTo(published);
        assertThat(router.count(Metric.RECEIPTS_DROPPED) - droppedBefore).isEqualTo(dropped);
        publishedBefore = router.count(Metric.PUBLISHED);
        droppedBefore = router.count(Metric.RECEIPTS_DROPPED);
    }

    private static void rememberWhatIsOwed(Member publisher, Sent one, List<Write> received) {
        if (one.refusal() != null) {
            publisher.owed.merge(one.refusal(), 1, Integer::sum);
        } else if (received.isEmpty()) {
            // A topic's last subscriber may leave while the message is on its way: then nobody refuses it.
            publisher.leastNoRoute += one.to().startsWith("topic:") ? 0 : 1;
            publisher.mostNoRoute++;
        }
        for (Write write : received) {
            if (write.result() != WriteResult.ACCEPTED) {
                publisher.owed.merge(write.decision(), 1, Integer::sum);
            }
        }
    }

    private static void assertToldOfRefusals(Member member) {
        if (member.connection.isConnected()) {
            Map<Outcome, Integer> others = new EnumMap<>(member.told);
            Integer noRoute = others.remove(Outcome.NO_ROUTE);
            others.remove(Outcome.OVERLOADED); // of subscribers that no message could be sent to

            assertThat(others).as("refusals told to %s", member.connection).isEqualTo(member.owed);
            assertThat(noRoute == null ? 0 : noRoute)
                    .as("no_route told to %s", member.connection)
                    .isBetween(member.leastNoRoute, member.mostNoRoute);
        }
    }

    private static void assertReceipt(Sent one, Receipt receipt, List<Write> received, Set<Write> undecidedBefore) {
        if (one.refusal() != null) {
            assertThat(receipt).as("%s", one).isEqualTo(Receipt.refused(one.refusal()));
            return;
        }
        int delivered = 0;
        int undecided = 0;
        Map<Outcome, Integer> refused = new EnumMap<>(Outcome.class);
        for (Write write : received) {
            if (undecidedBefore.contains(write)) {
                undecided++;
            } else if (write.decision() == Outcome.DELIVERED) {
                delivered++;
            } else {
                refused.merge(write.decision(), 1, Integer::sum);
            }
        }
        int overloaded = receipt.refused().getOrDefault(Outcome.OVERLOADED, 0);
        if (overloaded > 0 && one.to().startsWith("topic:")) { // subscribers that the message could not be sent to
            refused.put(Outcome.OVERLOADED, overloaded);
        }
        // A held write may be lost with its connection while the receipt is timing out: queued, or closed.
        int lost = receipt.refused().getOrDefault(Outcome.CLOSED, 0) - refused.getOrDefault(Outcome.CLOSED, 0);
        if (lost > 0) {
            refused.merge(Outcome.CLOSED, lost, Integer::sum);
        }
        assertThat(lost).as("%s", one).isBetween(0, undecided);
        assertThat(receipt.matched()).as("matched, %s", one).isEqualTo(received.size() + overloaded);
        assertThat(receipt.delivered()).as("delivered, %s", one).isEqualTo(delivered);
        assertThat(receipt.queued()).as("queued, %s", one).isEqualTo(undecided - lost);
        assertThat(receipt.refused()).as("refused, %s", one).isEqualTo(refused);
        assertThat(receipt.unknown()).as("%s", one).isEmpty();
        assertThat(receipt.outcome()).as("%s", one).isEqualTo(inOneWord(receipt));
    }

    /** Who was there all the time, and had subscribed before, got everything that was sent there. */
    private void assertNobodyWasPassedOver(Map<Integer, List<Write>> writes) {
        for (Member member : members) {
            if (!member.isStable || !member.connection.isConnected()) {
                continue;
            }
            Set<String> own = new HashSet<>(member.wishesBefore);
            own.add("user:" + member.user());
            own.add(member.connection.address());
            for (Command command : member.newHeard()) {
                if (command instanceof Command.Unsubscribe unsubscribe) {
                    own.remove(unsubscribe.to().toString());
                }
            }
            for (Sent one : sent) {
                if (one.isHeard() && !mayBeForgotten(one) && one.refusal() == null && own.contains(one.to())) {
                    assertThat(writes.getOrDefault(one.number(), List.of()))
                            .as("%s gets %d", member.connection, one.number())
                            .anyMatch(write -> write.receiver() == member.connection);
                }
            }
        }
    }

    /** Whether it may have waited for credit until its publisher closed, or have found none on its way to subscribers. */
    private boolean mayBeForgotten(Sent one) {
        return isCreditShort
                && (one.to().startsWith("topic:")
                        || (one.publisher() != null
                                && !one.publisher().connection.isConnected()));
    }

    /** One publisher's messages to one address arrive in order, and all receivers of an address see one order. */
    private void assertOrder() {
        Map<Integer, Sent> byNumber = new HashMap<>();
        sent.forEach(one -> byNumber.put(one.number(), one));
        Map<String, List<List<Integer>>> orders = new LinkedHashMap<>();
        for (Member member : members) {
            Map<String, List<Integer>> byAddress = new LinkedHashMap<>();
            Map<List<Object>, Integer> last = new HashMap<>();
            for (Write write : member.newWrites()) {
                int number = numberOf(write);
                Member publisher = byNumber.get(number).publisher();
                String to = write.message().to().toString();
                byAddress.computeIfAbsent(to, key -> new ArrayList<>()).add(number);
                Integer before = last.put(List.of(to, publisher == null ? "nobody" : publisher), number);
                assertThat(before == null || before < number)
                        .as("%s got %s before %d", member.connection, before, number)
                        .isTrue();
            }
            byAddress.forEach((to, numbersInOrder) ->
                    orders.computeIfAbsent(to, key -> new ArrayList<>()).add(numbersInOrder));
        }
        orders.forEach((to, ofReceivers) -> {
            for (int i = 1; i < ofReceivers.size(); i++) {
                assertThat(common(ofReceivers.get(i), ofReceivers.get(0)))
                        .as("the order at %s", to)
                        .isEqualTo(common(ofReceivers.get(0), ofReceivers.get(i)));
            }
        });
    }

    /** Every command with an id got its one answer, of the right kind. */
    private void assertCommandsAnswered(Member member) {
        Set<String> subscribed = new LinkedHashSet<>(member.wishesBefore);
        for (Command command : member.newHeard()) {
            String expected = expectedAnswer(member, command, subscribed);
            if (command.id() != null) {
                List<String> given =
                        member.answers(command.id()).stream().map(Push::type).toList();
                if (member.connection.isConnected() || !given.isEmpty()) {
                    assertThat(given).as("%s of %s", command, member.connection).containsExactly(expected);
                }
            }
        }
        if (member.connection.isConnected()) {
            assertThat(member.connection.wishes()).isEqualTo(subscribed);
        }
    }

    private String expectedAnswer(Member member, Command command, Set<String> subscribed) {
        if (command instanceof Command.Subscribe subscribe) {
            String topic = subscribe.to().toString();
            boolean isAllowed = topic.startsWith("topic:") && covers(member.profile.subscribe(), topic);
            if (isAllowed && (subscribed.contains(topic) || subscribed.size() < subscriptionsPerConnection)) {
                subscribed.add(topic);
                return "ok";
            }
            return "error";
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            subscribed.remove(unsubscribe.to().toString());
            return "ok";
        } else if (command instanceof Command.Ping) {
            return "pong";
        }
        return "receipt";
    }

    // ---- the naive model

    private static boolean mayPublish(Member member, String to) {
        String owner = ownerOf(to);
        String judged = owner == null ? to : "user:" + owner;
        return judged.equals("user:" + member.user()) || covers(member.profile.publish(), judged);
    }

    private static boolean covers(List<String> grants, String address) {
        return grants.stream()
                .anyMatch(grant -> grant.endsWith("*")
                        ? address.length() >= grant.length()
                                && address.startsWith(grant.substring(0, grant.length() - 1))
                        : address.equals(grant));
    }

    private static @Nullable String ownerOf(String address) {
        if (address.startsWith("connection:ws_")) {
            return address.replaceFirst("^connection:ws_(.*)_[0-9]+_[0-9a-f]{8}$", "$1");
        }
        return address.startsWith("user:") ? address.substring("user:".length()) : null;
    }

    private static Outcome inOneWord(Receipt receipt) {
        if (receipt.matched() == 0) {
            return Outcome.NO_ROUTE;
        }
        int got = receipt.delivered() + receipt.queued();
        if (got == receipt.matched()) {
            return receipt.queued() > 0 ? Outcome.QUEUED : Outcome.DELIVERED;
        }
        if (got > 0) {
            return Outcome.PARTIAL;
        }
        int most = Collections.max(receipt.refused().values());
        return receipt.refused().getOrDefault(receipt.outcome(), 0) == most
                ? receipt.outcome()
                : receipt.refused().keySet().iterator().next();
    }

    private static int numberOf(Write write) {
        return Integer.parseInt(write.data());
    }

    private static List<Integer> common(List<Integer> of, List<Integer> and) {
        Set<Integer> others = new HashSet<>(and);
        return of.stream().filter(others::contains).toList();
    }
}
