package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.QueueBudget;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.routing.AuditReport;
import io.wsrouter.routing.ConnectionInfo;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterTables;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.SteppedLoop;
import io.wsrouter.routing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The real routers on virtual loops, a virtual clock and virtual sockets, on one thread. It carries out {@link Action}s one by
 * one, and has the {@link Oracle} watch.
 */
final class Simulation {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int TICKS_TO_SETTLE = 13; // receipts are due, and refusals are told, which takes a second
    private static final int MOST_AUDITS = 6;
    private static final long NEVER_AT_REST = 3_000_000;
    private static final Priority[] PRIORITIES = Priority.values();
    private static final VirtualConnection.Socket[] SOCKETS = VirtualConnection.Socket.values();
    private static final int[] CORRUPTIONS = {0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 9};
    private static final Address OPERATOR = Address.user("root");

    private final World world;
    private final Oracle oracle;
    private final VirtualClock clock;
    private final VirtualAuthenticator authenticator = new VirtualAuthenticator();
    private final TableCheck tableCheck;
    private final VirtualNetwork network;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Router> routers;
    private final List<SteppedLoop> loops;
    private final boolean[] isPaused;
    private final VirtualConnection[] clients;
    private final Target[] lastConnections;
    private final List<VirtualConnection> connections = new ArrayList<>();
    private final Reader backEnd;
    private long steps;

    Simulation(World world, Story story, Coverage coverage) {
        this.world = world;
        this.clock = new VirtualClock(world.clockNanos());
        this.oracle = new Oracle(world, story, coverage, clock);
        this.tableCheck = new TableCheck(oracle);
        this.network = new VirtualNetwork(world.nodes(), oracle, clock);
        for (int i = 0; i < world.nodes(); i++) {
            nodes.add(new Node(i, world, clock, authenticator, network.backplane(i), oracle));
        }
        this.routers = nodes.stream().map(Node::router).toList();
        this.loops = nodes.stream().flatMap(node -> node.loops().stream()).toList();
        this.isPaused = new boolean[loops.size()];
        this.clients = new VirtualConnection[world.clients()];
        this.lastConnections = new Target[world.clients()];
        this.backEnd = new Reader(oracle.users().get(0));
        routers.forEach(router -> router.auditEvery(Duration.ofSeconds(30)));
    }

    World world() {
        return world;
    }

    Oracle oracle() {
        return oracle;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    Reader readerOf(Shard shard, int node) {
        return nodes.get(node).reader(shard.index());
    }

    QueueBudget budgetOf(Shard shard, int node) {
        return nodes.get(node).budget(shard.index());
    }

    /** How much has happened: tasks that loops have run, and things done to them from outside. */
    long steps() {
        return steps;
    }

    // ---- actions

    /**
     * Carries out one action, and says whether it did anything.
     *
     * @throws Violation when a promise was broken
     */
    boolean perform(Action action) {
        boolean isDone = carryOut(action);
        Violation broken = oracle.broken();
        if (broken != null) {
            throw broken; // also where a future has swallowed it
        }
        steps += isDone && action.verb() != Verb.TURN ? 1 : 0;
        return isDone;
    }

    private boolean carryOut(Action action) {
        return switch (action.verb()) {
            case TURN -> turn(action.a() % loops.size(), 1 + action.b() % 3);
            case ARRIVE -> arrive(action);
            case SUBSCRIBE -> subscribe(action, true);
            case UNSUBSCRIBE -> subscribe(action, false);
            case PUBLISH -> publish(action);
            case POST -> post(action);
            case PING -> ping(action);
            case NONSENSE -> talkNonsense(action);
            case REFRESH -> refresh(action);
            case JUDGE -> judge(action.a());
            case SOCKET -> changeSocket(action);
            case TAKE -> take(action);
            case SILENCE -> silence(action);
            case CLOSE -> close(action);
            case LOSE -> lose(action);
            case KICK -> kick(action);
            case KICK_USER -> kickUser(action);
            case ASK -> ask(action);
            case PAUSE -> pause(action.a() % loops.size(), true);
            case RESUME -> pause(action.a() % loops.size(), false);
            case TICK -> pass(Duration.ofMillis(1 + action.a() % 100));
            case SLEEP -> pass(Duration.ofMillis(100 + action.a() % (World.LONGEST_SLEEP.toMillis() - 100)));
            case AUDIT -> audit(action.a() % nodes.size());
            case CORRUPT -> corrupt(action);
            case REPEAT_ID -> repeatId(action);
            case CARRY -> carry(action, false);
            case MISLAY -> carry(action, true);
            case CUT -> cut(action, true);
            case HEAL -> cut(action, false);
            case KILL -> kill(action.a() % nodes.size());
            case QUIET -> quiet(action);
            case SETTLE -> settle(action);
        };
    }

    private boolean turn(int loop, int most) {
        if (isPaused[loop]) {
            if (loops.get(loop).hasWork()) {
                oracle.coverage().count(Rare.PAUSED_WITH_WORK);
            }
            return false;
        }
        int done = 0;
        while (done < most && loops.get(loop).step()) {
            done++;
        }
        steps += done;
        return done > 0;
    }

    private boolean pause(int loop, boolean newIsPaused) {
        boolean isChange = isPaused[loop] != newIsPaused;
        isPaused[loop] = newIsPaused;
        return isChange;
    }

    // ---- clients

    private boolean arrive(Action action) {
        int client = action.a() % clients.length;
        VirtualConnection present = clients[client];
        if (present != null && present.isSocketOpen() && !present.peer().hasAskedToClose) {
            return false;
        }
        int user = action.b() % world.users().size();
        Profile profile = Profile.ALL.get(action.c() % Profile.ALL.size());
        int lifetime = action.c() / Profile.ALL.size() % 8;
        int node = (action.d() >>> 10) % nodes.size();
        if (nodes.get(node).isDead()) {
            return false;
        }
        long nowSeconds = clock.epochMillis() / 1000;
        long expiresAt = nowSeconds
                + (lifetime == 0 ? -(action.b() >>> 8) % 5 : lifetime == 1 ? 1 + (action.b() >>> 8) % 20 : 1_000_000);
        Principal principal = new Principal(Address.user(world.users().get(user)), profile.grants(), expiresAt);
        Router router = routers.get(node);
        Shard home = router.homeShard(principal.user());
        Peer peer = oracle.newPeer(user, node, node * world.shards() + home.index(), profile, expiresAt);
        Shard accepting = router.shards().get(action.d() % world.shards());
        VirtualConnection connection = new VirtualConnection(this, peer, principal, accepting, home);
        connections.add(connection);
        clients[client] = connection;
        if (oracle.story().isTold()) {
            oracle.story()
                    .tell(peer + " comes to shard " + accepting.index() + ", at home on shard " + home.index()
                            + ", may publish to " + profile.publish() + " and subscribe to " + profile.subscribe());
        }
        connection.arrive((action.d() >>> 4 & 3) == 0, (action.d() >>> 6 & 15) == 0);
        return true;
    }

    /** The client that an action is about, if it is connected, and has neither fallen silent nor said good-bye. */
    private VirtualConnection client(Action action) {
        VirtualConnection client = clients[action.a() % clients.length];
        boolean isThere =
                client != null && client.isSocketOpen() && !client.isSilent() && !client.peer().hasAskedToClose;
        return isThere ? client : null;
    }

    private boolean give(VirtualConnection client, Given given) {
        oracle.give(given);
        client.give(given);
        return true;
    }

    private boolean subscribe(Action action, boolean isWanted) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        Target topic = oracle.topics().get(action.b() % oracle.topics().size());
        int number = oracle.nextNumber();
        String id = (action.c() & 3) == 0 ? null : Integer.toString(number);
        Command command =
                isWanted ? new Command.Subscribe(id, topic.address()) : new Command.Unsubscribe(id, topic.address());
        return give(client, Asked.of(number, client.peer(), command, topic));
    }

    private boolean publish(Action action) {
        VirtualConnection client = client(action);
        return client != null && give(client, sent(action, client.peer(), client.peer().userName));
    }

    private Sent sent(Action action, Peer publisher, String user) {
        Target to = target(action.b());
        int bits = action.c();
        Priority priority = (bits & 8) == 0 ? Priority.NORMAL : PRIORITIES[bits & 3];
        int ttlMs = (action.d() & 3) == 0 ? 1 + (action.d() >>> 2) % World.LONGEST_TTL_MS : 0;
        boolean hasId = publisher == null || ttlMs > 0 || (bits >>> 4 & 3) != 0;
        String claimed = switch (bits >>> 6 & 7) {
            case 0 -> to.owner();
            case 1 -> "mallory";
            default -> null;
        };
        return new Sent(oracle.nextNumber(), publisher, user, to, priority, claimed, hasId, bits >>> 9, ttlMs);
    }

    private Target target(int operand) {
        int kind = operand % 10;
        int index = operand / 10;
        if (kind < 4) {
            return oracle.topics().get(index % oracle.topics().size());
        }
        Target connection = lastConnectionOf(index % clients.length);
        return kind < 7 || connection == null
                ? oracle.users().get(index % oracle.users().size())
                : connection;
    }

    /** The address of a client's connection, or of the last one that it had. */
    private Target lastConnectionOf(int client) {
        VirtualConnection present = clients[client];
        if (present != null && present.peer().connection != null) {
            lastConnections[client] = present.peer().connection;
        }
        return lastConnections[client];
    }

    private boolean post(Action action) {
        Node node = nodes.get(action.a() % nodes.size());
        if (node.isDead()) {
            return false;
        }
        Profile profile = Profile.ALL.get(action.d() % Profile.ALL.size());
        Principal principal = new Principal(Address.user("backend"), profile.grants(), Long.MAX_VALUE / 2000);
        Sent sent = sent(action, null, "backend");
        oracle.give(sent);
        oracle.posting(sent, node.index(), profile, "backend");
        node.router()
                .publish(principal, (Command.Publish) sent.read(backEnd))
                .thenAccept(receipt -> oracle.answered(sent, receipt));
        backEnd.spoil();
        return true;
    }

    private boolean ping(Action action) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        int number = oracle.nextNumber();
        return give(client, Asked.of(number, client.peer(), new Command.Ping(Integer.toString(number)), null));
    }

    private boolean talkNonsense(Action action) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        for (int more = action.c() % 16 == 0 ? 10 : 1; more > 0; more--) {
            int number = oracle.nextNumber();
            String id = Integer.toString(number);
            Command command = switch (action.b() % 5) {
                case 0 -> new Command.RefusedPublish(id, Outcome.FORBIDDEN);
                case 1 -> new Command.RefusedPublish(id, Outcome.TOO_LARGE);
                case 2 -> new Command.Invalid(id, ErrorCode.FORBIDDEN, "only topics", false);
                case 3 -> new Command.Invalid(id, ErrorCode.BAD_REQUEST, "from", true);
                default -> new Command.Invalid(null, ErrorCode.BAD_REQUEST, "unexpected character", false);
            };
            give(client, Asked.of(number, client.peer(), command, null));
        }
        return true;
    }

    private boolean refresh(Action action) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        int number = oracle.nextNumber();
        String id = Integer.toString(number);
        boolean isHeld = (action.c() >>> 3 & 1) == 1;
        int kind = action.c() & 7;
        if (kind < 2) {
            String token = VirtualAuthenticator.refused(isHeld, number, kind == 1);
            return give(client, Asked.refresh(number, client.peer(), new Command.Refresh(id, token), null, kind == 1));
        }
        int user = kind == 2 ? (client.peer().user + 1) % world.users().size() : client.peer().user;
        int profile = action.b() % Profile.ALL.size();
        int lifetime = action.c() >>> 4 & 7;
        long expiresAt = clock.epochMillis() / 1000 + (lifetime == 0 ? 1 + action.d() % 20 : 1_000_000);
        String token = VirtualAuthenticator.token(isHeld, number, world.users().get(user), profile, expiresAt);
        Refreshed refreshed = new Refreshed(user, Profile.ALL.get(profile), expiresAt);
        return give(client, Asked.refresh(number, client.peer(), new Command.Refresh(id, token), refreshed, false));
    }

    private boolean judge(int which) {
        if (!authenticator.hasWaiting()) {
            return false;
        }
        oracle.judged(authenticator.judgesOne(which));
        return true;
    }

    private boolean changeSocket(Action action) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        int mode = action.b() % 8;
        boolean isHealthy = mode < (world.queue().policy() == SlowConsumerPolicy.DISCONNECT ? 2 : 4);
        client.has(isHealthy ? SOCKETS[0] : mode < 6 ? SOCKETS[1] : SOCKETS[mode - 4]);
        return true;
    }

    private boolean take(Action action) {
        VirtualConnection client = clients[action.a() % clients.length];
        return client != null && client.isSocketOpen() && client.take(1 + action.b() % 4);
    }

    private boolean silence(Action action) {
        VirtualConnection client = client(action);
        if (client == null || client.isSilent()) {
            return false;
        }
        client.fallSilent();
        return true;
    }

    private boolean close(Action action) {
        VirtualConnection client = client(action);
        if (client == null) {
            return false;
        }
        client.leave();
        return true;
    }

    private boolean lose(Action action) {
        VirtualConnection client = clients[action.a() % clients.length];
        return client != null && client.lose();
    }

    // ---- operators

    private boolean kick(Action action) {
        VirtualConnection client = clients[action.a() % clients.length];
        if (client == null || client.peer().id == null) {
            return false;
        }
        Peer peer = client.peer();
        oracle.kicking(peer);
        routers.get(peer.node).kick(client.id(), OPERATOR, null).thenAccept(found -> oracle.kicked(peer, found));
        return true;
    }

    private boolean kickUser(Action action) {
        int node = action.b() % nodes.size();
        Target user = oracle.users().get(action.a() % oracle.users().size());
        if (nodes.get(node).isDead()) {
            return false;
        }
        oracle.kicking(user, 1);
        routers.get(node).kickUser(user.address(), OPERATOR, null).thenAccept(found -> oracle.kicking(user, -1));
        return true;
    }

    private boolean ask(Action action) {
        int node = action.b() % nodes.size();
        Target user = oracle.users().get(action.a() % oracle.users().size());
        routers.get(node)
                .connectionsOf(user.address())
                .thenAccept(found -> oracle.described(
                        node,
                        user,
                        found.stream()
                                .map(ConnectionInfo::id)
                                .map(Object::toString)
                                .toList()));
        return true;
    }

    private boolean audit(int node) {
        if (nodes.get(node).isDead()) {
            return false;
        }
        routers.get(node).audit().thenAccept(oracle::audited);
        return true;
    }

    // ---- faults of the machine

    private boolean corrupt(Action action) {
        List<VirtualConnection> open = connections.stream()
                .filter(connection -> connection.peer().isOpen)
                .toList();
        if (open.isEmpty()) {
            return false;
        }
        VirtualConnection victim = open.get(action.a() % open.size());
        boolean isWithinUser = (action.d() & 1) == 0;
        List<VirtualConnection> others = open.stream()
                .filter(other -> other.home() == victim.home())
                .filter(other -> !isWithinUser || other.peer().user == victim.peer().user)
                .toList();
        VirtualConnection other = others.get(action.b() % others.size());
        Target topic = oracle.topics().get(action.d() / 2 % oracle.topics().size());
        int kind = CORRUPTIONS[action.c() % CORRUPTIONS.length];
        String what = RouterTables.corrupt(victim.home(), kind, victim, other, topic.address());
        return what != null && corrupted(what, victim, other);
    }

    private boolean corrupted(String what, VirtualConnection victim, VirtualConnection other) {
        oracle.corrupted(what);
        if (other.id().equals(victim.id()) && other != victim) {
            other.peer().id = victim.peer().id;
            other.peer().connection = victim.peer().connection;
            oracle.coverage().count(Rare.SHARED_ID);
        }
        return true;
    }

    private boolean repeatId(Action action) {
        Target user = oracle.users().get(action.a() % oracle.users().size());
        int node = action.b() % nodes.size();
        if (nodes.get(node).isDead()) {
            return false;
        }
        Shard home = routers.get(node).homeShard(user.address());
        RouterTables.repeatId(home);
        oracle.repeatingId(node * world.shards() + home.index());
        return true;
    }

    // ---- between nodes

    private boolean carry(Action action, boolean isLost) {
        return network.carry(action.a() % nodes.size(), action.b() % nodes.size(), action.c(), isLost);
    }

    private boolean cut(Action action, boolean isCut) {
        return network.cut(action.a() % nodes.size(), action.b() % nodes.size(), isCut);
    }

    /** One node of a run may die, seldom. */
    private boolean kill(int node) {
        if (nodes.stream().anyMatch(Node::isDead)) {
            return false;
        }
        network.kill(node);
        nodes.get(node).die();
        oracle.died(node);
        connections.removeIf(connection -> connection.peer().node == node);
        for (int i = 0; i < clients.length; i++) {
            if (clients[i] != null && clients[i].peer().node == node) {
                clients[i] = null;
            }
        }
        return true;
    }

    // ---- time and rest

    private boolean pass(Duration time) {
        clock.advance(time);
        for (Node node : nodes) {
            if (!node.isDead()) {
                node.router().shards().forEach(shard -> shard.loop().execute(shard::onTick));
            }
        }
        network.expire();
        for (VirtualConnection connection : connections) {
            connection.endLingering(clock.nanoTime());
        }
        return true;
    }

    private boolean quiet(Action action) {
        comeToRest(new SplittableRandom(action.a()));
        if (!oracle.isCorrupted()) {
            compareTables();
        }
        return true;
    }

    private void compareTables() {
        for (Node node : nodes) {
            if (node.isDead()) {
                continue;
            }
            tableCheck.check(
                    node,
                    connections.stream()
                            .filter(connection -> connection.peer().node == node.index())
                            .toList());
        }
    }

    private boolean settle(Action action) {
        SplittableRandom random = new SplittableRandom(action.a());
        network.healAll();
        do {
            comeToRest(random);
        } while (network.carryAll());
        while (judge(random.nextInt(Integer.MAX_VALUE))) {
            comeToRest(random);
        }
        for (int i = 0; i < TICKS_TO_SETTLE; i++) {
            pass(TICK);
            do {
                comeToRest(random);
            } while (network.carryAll());
        }
        if (oracle.isCorrupted()) {
            repair(random);
        }
        for (Node node : nodes) {
            for (Shard shard : node.isDead() ? List.<Shard>of() : node.router().shards()) {
                oracle.expects(
                        RouterTables.retries(shard) == 0,
                        "4 tables",
                        "shard " + shard.index(),
                        "still tries messages again whose time is over");
            }
        }
        oracle.settled(RouterCounts.of(routers));
        if (oracle.isCorrupted()) {
            oracle.repaired(this::placeOf);
        }
        compareTables();
        connections.removeIf(connection -> connection.isOver() && !connection.peer().isOpen);
        return true;
    }

    /** Audits until there is nothing to find. */
    private void repair(SplittableRandom random) {
        for (int i = 0; i < MOST_AUDITS; i++) {
            List<AuditReport> reports = new ArrayList<>();
            int expected = 0;
            for (Node node : nodes) {
                if (!node.isDead()) {
                    node.router().audit().thenAccept(reports::addAll);
                    expected += node.loops().size();
                }
            }
            comeToRest(random);
            oracle.audited(reports);
            if (reports.size() == expected && reports.stream().allMatch(AuditReport::isClean)) {
                return;
            }
        }
        throw oracle.breaks("4 tables", "the audit never comes to an end");
    }

    private int placeOf(Peer peer) {
        for (VirtualConnection connection : connections) {
            if (connection.peer() == peer) {
                return List.of(RouterTables.ofUser(
                                connection.home(), connection.principal().user()))
                        .indexOf(connection);
            }
        }
        throw new IllegalArgumentException(peer + " has no connection");
    }

    /** Lets the loops take steps, in random order, until none has work. */
    private void comeToRest(SplittableRandom random) {
        java.util.Arrays.fill(isPaused, false);
        long before = steps;
        int idle = 0;
        int next = random.nextInt(loops.size());
        while (idle < loops.size()) {
            int done = 0;
            int most = 1 + random.nextInt(4);
            while (done < most && loops.get(next).step()) {
                done++;
            }
            steps += done;
            idle = done > 0 ? 0 : idle + 1;
            next = done > 0 && random.nextInt(4) > 0 ? random.nextInt(loops.size()) : (next + 1) % loops.size();
            if (steps - before > NEVER_AT_REST) {
                throw oracle.breaks("8 bounded", "the loops never come to rest");
            }
        }
        oracle.rested();
    }

    /** Ends the run: everybody is sent away, and nothing may be left of them. */
    void finish() {
        settle(new Action(Verb.SETTLE, 1, 0, 0, 0));
        oracle.draining();
        routers.forEach(Router::drain);
        SplittableRandom random = new SplittableRandom(2);
        comeToRest(random);
        connections.forEach(VirtualConnection::lose);
        comeToRest(random);
        Violation broken = oracle.broken();
        if (broken != null) {
            throw broken;
        }
        for (VirtualConnection connection : connections) {
            oracle.expects(!connection.peer().isOpen, "4 closed", connection, "is open after the drain");
        }
        compareTables();
    }
}
