package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Principal;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.Conduct;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionIdGenerator;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.DepartedRates;
import io.wsrouter.connection.InFlight;
import io.wsrouter.connection.NodeQueue;
import io.wsrouter.connection.QueueBudget;
import io.wsrouter.connection.Requester;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.connection.UserConnections;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.MessageEncoder;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All routing state of the addresses whose home it is: its users' connections, the subscriptions of those connections,
 * and the topics it sequences. One loop runs everything here, so there is nothing to lock.
 *
 * <p>A publish takes this path: {@link #onCommand} judges it on the publisher's shard, {@link #onRoute} resolves it on the
 * home shard of the address, {@link #onFanOut} delivers a topic's message on every shard with subscribers, and the parts
 * of its receipt travel back to the publisher's shard.
 */
public final class Shard {

    private static final int TIMERS_PER_TICK = 1_000;
    private static final int CLOSES_PER_TURN = 256;
    private static final int EXPIRY_SKEW_SECONDS = 30;

    // collaborators
    private final int index;
    private final ShardLoop loop;
    private final RouterLimits limits;
    private final Backplane backplane;
    private final RouterListener listener;
    private ShardProxy[] proxies = {};
    private FanOuts fanOuts;
    private final Parking parking;

    // state, the loop's own
    private final ShardTables tables = new ShardTables();
    private final ConnectionTable connections = tables.connections();
    private final SubscriptionTable subscriptions = tables.subscriptions();
    private final TopicTable topics = tables.topics();
    private final ConnectionIdGenerator ids;
    private final Counters counters = new Counters();
    private final TimerWheel timers;
    private final DepartedRates departedRates;
    private final QueueBudget queueBudget;
    private final SecurityReports securityReports;
    private final ShardAudit audit;
    private final Connection.TimerListener timerListener = this::onConnectionTimer;
    private final MessageEncoder encoder = new MessageEncoder();
    private final ReceiverHealth health;
    private final Judge judge;
    private final Refreshes refreshes;
    private final ReceiptBook receipts = new ReceiptBook(counters, this::onPartClosed);
    private final LocalDelivery delivery;
    private @Nullable Publication publication;
    private final List<Connection> withUntoldRefusals = new ArrayList<>();
    private final Runnable turnEnd = this::onTurnEnd;
    private final Set<LocalTopic> miscounted = new HashSet<>();
    private boolean isTurnEndArmed;
    private boolean isTurnTimeKnown;
    private long turnNanos;
    private long turnEpochMillis;
    private boolean isDraining;
    private long misdeliveriesAcknowledged;

    Shard(
            int index,
            ShardLoop loop,
            RouterLimits limits,
            NodeQueue nodeQueue,
            Backplane backplane,
            Authenticator authenticator,
            RouterListener listener,
            RandomGenerator random) {
        this.index = index;
        this.loop = loop;
        this.limits = limits;
        this.backplane = backplane;
        this.listener = listener;
        this.ids = new ConnectionIdGenerator(random);
        this.timers = new TimerWheel(loop.nanoTime());
        this.departedRates = new DepartedRates(loop.nanoTime());
        this.queueBudget = nodeQueue.open(loop::execute, new DropCounts(counters, this::onFault));
        this.securityReports = new SecurityReports(listener, loop.nanoTime());
        this.health = new ReceiverHealth(connections, loop.nanoTime());
        this.judge = new Judge(loop, counters, securityReports);
        this.refreshes = new Refreshes(this, authenticator);
        this.audit = new ShardAudit(this, tables, backplane);
        this.delivery = new LocalDelivery(this, limits, listener, timers, receipts, health);
        this.parking = new Parking(this, limits.credits());
        this.fanOuts = new FanOuts(proxies, topics, delivery);
    }

    /** Introduces the shards to each other, before the first use; {@code seed} is where random choices begin. */
    void connect(List<Shard> shards, long seed) {
        delivery.retries().seed(seed);
        proxies = shards.stream()
                .map(to -> new ShardProxy(this, to, limits.credits(), () -> parking.onCredit(to.index())))
                .toArray(ShardProxy[]::new);
        parking.connect(proxies);
        fanOuts = new FanOuts(proxies, topics, delivery);
        audit.connect(shards);
    }

    /** Its place among the shards of the router, from 0. Any thread. */
    public int index() {
        return index;
    }

    /** The loop that it runs on. Any thread. */
    public ShardLoop loop() {
        return loop;
    }

    /** Who judges its commands. */
    Judge judge() {
        return judge;
    }

    /** What it has counted. Read and written on its loop. */
    public Counters counters() {
        return counters;
    }

    /** What may wait for the sockets of its loop. Used on the loop. */
    public QueueBudget queueBudget() {
        return queueBudget;
    }

    // ---- the life of a connection

    /**
     * Registers a connection: from here on it is routable. The transport then writes the welcome, before anything else.
     *
     * @param connection new, with an open socket
     */
    public RegistrationResult onRegister(Connection connection) {
        assert loop.isCurrent();
        if (isDraining) {
            return RegistrationResult.DRAINING;
        }
        Address user = connection.principal().user();
        UserConnections others = connections.ofUser(user);
        boolean isFull = others != null && others.size() >= limits.connectionsPerUser();
        if (isFull && limits.whenUserIsFull() == RouterLimits.WhenUserIsFull.REFUSE) {
            return RegistrationResult.USER_FULL;
        }
        ConnectionId id = ids.next(user, loop.epochMillis() / 1000);
        if (!connections.putIfAbsent(id, connection)) {
            counters.increment(Metric.DUPLICATE_IDS);
            return RegistrationResult.DUPLICATE_ID;
        }
        counters.increment(Metric.CONNECTIONS_OPENED);
        if (others == null) {
            resumeRate(user);
            backplane.onInterest(user, true);
        } else if (isFull) {
            onClose(others.connections()[0], CloseReason.REPLACED);
        }
        long nowNanos = loop.nanoTime();
        connection.onHeard(nowNanos);
        connection.wake(timerListener);
        scheduleTimer(connection, nowNanos);
        delivery.retries().onRegistered(connection);
        return RegistrationResult.REGISTERED;
    }

    /** The number of connections that a user has, to decide where one more should live. */
    public int onCountConnections(Address user) {
        assert loop.isCurrent();
        UserConnections found = connections.ofUser(user);
        return found == null ? 0 : found.size();
    }

    /** Takes a connection out of every table, then has it closed. Does nothing when it is not open. */
    public void onClose(Connection connection, CloseReason reason) {
        assert loop.isCurrent();
        if (connection.isOpen()) {
            takeOut(connection, reason);
            connection.onClosing();
            connection.close(reason);
        }
    }

    /** Takes a connection whose socket is gone out of every table, if it is still there. */
    public void onClosed(Connection connection) {
        assert loop.isCurrent();
        boolean wasOpen = connection.isOpen();
        connection.onClosed(); // before anything is told to it
        if (wasOpen) {
            takeOut(connection, CloseReason.CONNECTION_LOST);
        }
    }

    /** Knows of a registered connection's socket on this loop, wherever its home. The transport calls it at registration. */
    public void onSocketOpened(Connection connection) {
        assert loop.isCurrent();
        tables.sockets().add(connection);
    }

    /** Forgets a connection's socket on this loop, which is closed. */
    public void onSocketClosed(Connection connection) {
        assert loop.isCurrent();
        tables.sockets().remove(connection);
    }

    /**
     * Closes all connections, some at a time, and registers no more.
     *
     * @param whenAllAreClosing runs on this loop when the last close frame is on its way
     */
    public void onDrain(Runnable whenAllAreClosing) {
        assert loop.isCurrent();
        isDraining = true;
        delivery.retries().onDrain();
        drain(connections.all().iterator(), whenAllAreClosing);
    }

    private void drain(Iterator<Connection> remaining, Runnable whenAllAreClosing) {
        for (int i = 0; i < CLOSES_PER_TURN && remaining.hasNext(); i++) {
            onClose(remaining.next(), CloseReason.DRAINING);
        }
        if (remaining.hasNext()) {
            loop.execute(() -> drain(remaining, whenAllAreClosing));
        } else {
            whenAllAreClosing.run();
        }
    }

    private void resumeRate(Address user) {
        UserConnections first = connections.ofUser(user);
        if (first != null) {
            first.resume(departedRates.take(user));
        }
    }

    void takeOut(Connection connection, CloseReason reason) {
        if (connections.holds(connection)) {
            takeOutHeld(connection, reason);
        } else {
            takeOutLost(connection, reason);
        }
    }

    /** Takes out a connection that is missing from some table, and leaves who is found under its id where it is. */
    private void takeOutLost(Connection connection, CloseReason reason) {
        Connection holder = connections.get(connection.id());
        connections.restore(connection);
        takeOutHeld(connection, reason);
        if (holder != null && holder != connection && holder.isOpen()) {
            connections.restore(holder);
        }
    }

    private void takeOutHeld(Connection connection, CloseReason reason) {
        Address user = connection.principal().user();
        UserConnections ofUser = connections.ofUser(user);
        connections.remove(connection);
        if (reason == CloseReason.SLOW_CONSUMER) {
            health.onFailed(connection);
        }
        for (Subscription subscription : connection.subscriptions()) {
            unsubscribe(subscription);
        }
        delivery.retries().onGone(connection);
        parking.forget(connection);
        if (connections.ofUser(user) == null) {
            backplane.onInterest(user, false);
            if (ofUser != null && ofUser.messageRate() != null) {
                departedRates.keep(user, ofUser.messageRate(), loop.nanoTime());
            }
        }
        counters.incrementClosed(reason);
    }

    // ---- commands of a client, on its connection's shard

    /**
     * Carries out one command of {@code from}, a connection of this shard, or has it wait for credit. A fault costs that
     * connection alone.
     */
    public void onCommand(Connection from, Command command) {
        assert loop.isCurrent();
        if (!from.isOpen()) {
            return;
        }
        try {
            boolean isWithinRate = isWithinRate(from);
            if (!parking.parks(from, command, isWithinRate)) {
                carryOut(from, command, isWithinRate);
            }
        } catch (RuntimeException e) {
            onFault(e);
            onClose(from, CloseReason.INTERNAL_ERROR);
        }
    }

    private void carryOut(Connection from, Command command, boolean isWithinRate) {
        if (command instanceof Command.Publish publish) {
            onPublish(from, publish, isWithinRate);
        } else if (command instanceof Command.RefusedPublish refused) {
            onRefusedPublish(from, refused, isWithinRate);
        } else if (command instanceof Command.Invalid invalid && invalid.code() == ErrorCode.BAD_REQUEST) {
            onBadRequest(from, invalid);
        } else if (!isWithinRate) {
            error(from, command.id(), ErrorCode.RATE_LIMITED, "limits.messages-per-second, or -per-user");
        } else if (command instanceof Command.Subscribe subscribe) {
            onSubscribe(from, subscribe);
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            onUnsubscribe(from, unsubscribe);
        } else if (command instanceof Command.Refresh refresh) {
            refreshes.onRefresh(from, refresh);
        } else if (command instanceof Command.Ping ping) {
            from.push(Pushes.pong(ping.id()));
        } else if (command instanceof Command.Invalid forbidden) {
            judge.onRefused(from, forbidden);
            error(from, forbidden.id(), forbidden.code(), forbidden.reason());
        }
    }

    private void onPublish(Connection from, Command.Publish publish, boolean isWithinRate) {
        Outcome refusal = isWithinRate ? judge.refusal(from, publish) : Outcome.RATE_LIMITED;
        if (refusal == null && publish.rawId() != null && !mayOpenReceipt(from)) {
            refusal = Outcome.OVERLOADED;
        }
        if (refusal != null) {
            refuse(from, publish.id(), refusal);
            return;
        }
        counters.increment(Metric.PUBLISHED);
        RawJson id = publish.rawId();
        OpenReceipt receipt = id == null ? null : receipts.open(from, conduct(from), id);
        send(
                publication(encode(from.principal(), publish), receipt, receipt == null ? from : null),
                conduct(from).inFlight());
    }

    /** This shard's one publication of its connections, used again. */
    private Publication publication(Message message, @Nullable OpenReceipt receipt, @Nullable Connection publisher) {
        Publication reused = publication;
        if (reused == null) {
            reused = Publication.borrowed(index, message);
            publication = reused;
        }
        reused.become(message, receipt, publisher);
        return reused;
    }

    private void onRefusedPublish(Connection from, Command.RefusedPublish refused, boolean isWithinRate) {
        if (isWithinRate) {
            judge.onRefused(from, refused);
        }
        refuse(from, refused.id(), isWithinRate ? refused.outcome() : Outcome.RATE_LIMITED);
    }

    private void onSubscribe(Connection from, Command.Subscribe subscribe) {
        Address topic = subscribe.to();
        if (!from.principal().maySubscribe(topic)) {
            judge.onDenied(from, topic, "subscribe");
            error(
                    from,
                    subscribe.id(),
                    ErrorCode.FORBIDDEN,
                    from.principal().user() + " may not subscribe to " + topic);
        } else if (from.subscription(topic) != null) {
            acknowledgeWhenConfirmed(from, subscribe.id(), topic);
        } else if (from.subscriptionCount() >= limits.subscriptionsPerConnection()) {
            error(from, subscribe.id(), ErrorCode.LIMIT_EXCEEDED, "limits.subscriptions-per-connection");
        } else {
            LocalTopic local = localTopic(topic);
            Subscription subscription = new Subscription(from, local.topic()); // one address for all of its subscribers
            from.add(subscription);
            local.add(subscription);
            countLater(local);
            counters.increment(Metric.SUBSCRIBED);
            acknowledgeWhenConfirmed(from, subscribe.id(), topic);
        }
    }

    private void onUnsubscribe(Connection from, Command.Unsubscribe unsubscribe) {
        Subscription subscription = from.subscription(unsubscribe.to());
        if (subscription != null) {
            acknowledgeWhatWaits(from, subscription.topic());
            unsubscribe(subscription);
        }
        if (unsubscribe.id() != null) {
            from.push(Pushes.ok(unsubscribe.id()));
        }
    }

    private void onBadRequest(Connection from, Command.Invalid invalid) {
        judge.onRefused(from, invalid);
        error(from, invalid.id(), invalid.code(), invalid.reason());
        if (conduct(from).exhaustsPatience(loop.nanoTime())) {
            onClose(from, CloseReason.TOO_MANY_BAD_REQUESTS);
        }
    }

    // ---- commands that wait for credit

    /** Carries out a command that had to wait. */
    void onUnparked(Connection from, Command command, boolean isWithinRate) {
        try {
            carryOut(from, command, isWithinRate);
        } catch (RuntimeException e) {
            onFault(e);
            onClose(from, CloseReason.INTERNAL_ERROR);
        }
    }

    /** Answers a command that cannot even wait. */
    void refuseToPark(Connection from, Command command) {
        if (command instanceof Command.Publish || command instanceof Command.RefusedPublish) {
            counters.increment(Metric.CREDITS_REFUSED);
            refuse(from, command.id(), Outcome.OVERLOADED);
        } else {
            error(from, command.id(), ErrorCode.OVERLOADED, "too many commands wait");
        }
    }

    /** Has {@code connection} looked after by the time that its pause must end. */
    void onPaused(Connection connection) {
        counters.increment(Metric.READS_PAUSED);
        scheduleTimer(connection, loop.nanoTime());
        connection.pauseReading();
    }

    /** Lets what was not read for so long not count against {@code connection}, and has it read again. */
    void onResumed(Connection connection, long pauseNanos) {
        connection.excuse(pauseNanos);
        scheduleTimer(connection, loop.nanoTime());
        connection.resumeReading();
    }

    InFlight inFlight(Connection connection) {
        return conduct(connection).inFlight();
    }

    // ---- judging a command

    /** Whether a command is within the rate of its connection and of the user. Who keeps exceeding it is closed. */
    private boolean isWithinRate(Connection from) {
        knowTurnTime();
        long nowNanos = turnNanos;
        UserConnections user = connections.ofUser(from.principal().user());
        Conduct conduct = conduct(from, nowNanos);
        if (conduct.mayCommand(nowNanos)
                && (user == null || user.mayCommand(limits.messagesPerSecondPerUser(), nowNanos))) {
            return true;
        }
        if (conduct.persistsInExceeding(nowNanos)) {
            onClose(from, CloseReason.RATE_EXCEEDED);
        }
        return false;
    }

    private Message encode(Principal publisher, Command.Publish publish) {
        knowTurnTime();
        return encoder.encode(publish, publisher.user(), turnEpochMillis, turnNanos);
    }

    private void refuse(Connection from, @Nullable String id, Outcome outcome) {
        counters.increment(Metric.PUBLISHED);
        counters.increment(Metric.PUBLISHES_REFUSED);
        if (!from.isOpen()) {
            return;
        }
        if (id == null) {
            onUnreceiptedRefusal(from, outcome, 1);
        } else {
            from.push(Pushes.receipt(id, Receipt.refused(outcome)));
        }
    }

    // ---- receipts, on the shard where the publish came in

    private boolean mayOpenReceipt(Connection from) {
        return conduct(from).tryOpenReceipt(limits.openReceiptsPerConnection());
    }

    /** Tells a publisher of a refusal, now or with others within a second. */
    void onUnreceiptedRefusal(Connection publisher, Outcome outcome, int receivers) {
        Conduct conduct = conduct(publisher);
        if (!publisher.isOpen()) {
            return;
        }
        boolean isWaiting = conduct.hasUntoldRefusals();
        conduct.addRefusals(outcome, receivers);
        if (!isWaiting && !tellRefusals(publisher, loop.nanoTime())) {
            withUntoldRefusals.add(publisher);
        }
    }

    private boolean tellRefusals(Connection publisher, long nowNanos) {
        Conduct conduct = conduct(publisher);
        if (publisher.isOpen() && !conduct.mayTell(nowNanos)) {
            return false;
        }
        if (publisher.isOpen()) {
            publisher.push(Pushes.refused(conduct.takeRefusals(nowNanos)));
        }
        return true;
    }

    // ---- routing, on the home shard of the address

    /** Sends a judged message on its way to its home shard. */
    private void send(Publication publication, InFlight share) {
        proxies[publication.message().to().homeShard(proxies.length)].route(publication, share);
    }

    /** Resolves a message of whose address this shard is the home. */
    void onRoute(Publication publication) {
        assert loop.isCurrent();
        int remoteParts = publication.isFromAfar() ? 0 : forward(publication);
        switch (publication.message().to().kind()) {
            case USER -> deliverToUser(publication, remoteParts);
            case CONNECTION -> deliverToConnection(publication, remoteParts);
            case TOPIC -> deliverToTopic(publication, remoteParts);
        }
    }

    private void deliverToUser(Publication publication, int remoteParts) {
        UserConnections user = connections.ofUser(publication.message().to());
        if (user == null) {
            routeToAbsentUser(publication, remoteParts);
            return;
        }
        announce(publication, remoteParts + 1);
        delivery.toConnections(publication, user.connections());
    }

    /** A message with a deadline waits for the user, unless other nodes may have delivered it. */
    private void routeToAbsentUser(Publication publication, int remoteParts) {
        boolean mayWait = publication.message().hasDeadline() && remoteParts == 0 && !publication.isFromAfar();
        announce(publication, mayWait ? 1 : remoteParts);
        if (mayWait) {
            delivery.toAbsentUser(publication);
        }
    }

    private void deliverToConnection(Publication publication, int remoteParts) {
        Connection receiver = connections.get(publication.message().to().connectionId());
        if (receiver == null) {
            announce(publication, remoteParts);
            return;
        }
        announce(publication, remoteParts + 1);
        delivery.toConnection(publication, receiver);
    }

    private void deliverToTopic(Publication publication, int remoteParts) {
        int[] shards = topics.shardsOf(publication.message().to());
        announce(publication, remoteParts + shards.length);
        for (int shard : shards) {
            fanOuts.send(publication, shard);
        }
    }

    /** Tells the origin how many parts its receipt has; none means that there is no route. */
    private void announce(Publication publication, int parts) {
        OpenReceipt receipt = publication.receipt();
        Connection publisher = publication.publisher();
        if (parts == 0) {
            counters.increment(Metric.PUBLISHES_REFUSED);
        }
        if (receipt != null) {
            proxies[publication.origin()].announce(receipt, parts);
        } else if (parts == 0 && publisher != null) {
            proxies[publication.origin()].refuse(publisher, Outcome.NO_ROUTE);
        }
    }

    private int forward(Publication publication) {
        if (!backplane.mayReach(publication.message().to())) {
            return 0;
        }
        Publication kept = publication.kept();
        Consumer<Receipt> answer = remote -> loop.execute(() -> onRemoteAnswer(kept, remote));
        return backplane.forward(kept.message(), answer) ? 1 : 0;
    }

    private void onRemoteAnswer(Publication publication, Receipt remote) {
        OpenReceipt receipt = publication.receipt();
        if (receipt != null) {
            proxies[publication.origin()].reportRemote(receipt, remote);
        }
    }

    // ---- delivery, on the shard of the receivers

    /** Delivers a topic's message to the subscribers of this shard. */
    void onFanOut(Publication publication) {
        assert loop.isCurrent();
        delivery.toSubscribers(
                publication, subscriptions.get(publication.message().to()));
    }

    private void onPartClosed(ReceiptPart part) {
        OpenReceipt receipt = part.receipt();
        if (receipt != null) {
            proxies[part.origin()].report(receipt, part);
        }
    }

    // ---- topics: interest of this shard, and of others in the topics that this shard is home to

    private LocalTopic localTopic(Address topic) {
        LocalTopic known = subscriptions.get(topic);
        if (known != null) {
            return known;
        }
        LocalTopic opened = subscriptions.open(topic);
        announce(opened);
        return opened;
    }

    void unsubscribe(Subscription subscription) {
        subscription.connection().remove(subscription);
        LocalTopic local = subscriptions.get(subscription.topic());
        if (subscriptions.remove(subscription)) {
            homeOf(subscription.topic()).removeInterest(subscription.topic());
        } else if (local != null) {
            countLater(local);
        }
    }

    private ShardProxy homeOf(Address topic) {
        return proxies[topic.homeShard(proxies.length)];
    }

    private void acknowledgeWhenConfirmed(Connection from, @Nullable String id, Address topic) {
        LocalTopic local = subscriptions.get(topic);
        if (id == null || local == null) {
            return;
        }
        if (local.isConfirmed()) {
            from.push(Pushes.ok(id));
        } else {
            local.await(new LocalTopic.Waiting(from, id));
        }
    }

    /** Answers the subscribes that would wait in vain once their subscription ends. */
    private void acknowledgeWhatWaits(Connection from, Address topic) {
        takeWaiting(from, topic).forEach(waiting -> from.push(Pushes.ok(waiting.commandId())));
    }

    List<LocalTopic.Waiting> takeWaiting(Connection from, Address topic) {
        LocalTopic local = subscriptions.get(topic);
        return local == null ? List.of() : local.takeWaiting(from);
    }

    /** Has the topic's home told at the end of the turn how many subscribers there are by then. */
    private void countLater(LocalTopic local) {
        if (homeOf(local.topic()) != proxies[index]) {
            miscounted.add(local);
            armTurnEnd();
        }
    }

    private void tellCounts() {
        if (miscounted.isEmpty()) {
            return; // an iterator would be made for each turn
        }
        for (LocalTopic local : miscounted) {
            if (local.size() != local.announced()) {
                homeOf(local.topic()).countInterest(local.topic(), local.generation(), local.announce());
            }
        }
        miscounted.clear();
    }

    void onInterestCounted(Address topic, int shard, long generation, int subscribers) {
        topics.count(topic, shard, generation, subscribers);
    }

    void onInterestAdded(Address topic, int shard, long generation, int subscribers) {
        if (topics.add(topic, shard, generation, subscribers)) {
            backplane.onInterest(topic, true);
        }
        proxies[shard].confirmInterest(topic, generation);
    }

    void onInterestRemoved(Address topic, int shard) {
        if (topics.remove(topic, shard)) {
            backplane.onInterest(topic, false);
        }
    }

    void onInterestConfirmed(Address topic, long generation) {
        LocalTopic local = subscriptions.get(topic);
        if (local == null || local.generation() != generation) {
            return;
        }
        for (LocalTopic.Waiting waiting : local.confirm()) {
            if (waiting.connection().isOpen()) {
                waiting.connection().push(Pushes.ok(waiting.commandId()));
            }
        }
    }

    // ---- the loop: batches from other shards, the end of a turn, time

    /** Runs what another shard's turn has produced for this one. */
    void onBatch(List<Runnable> batch) {
        assert loop.isCurrent();
        for (int i = 0; i < batch.size(); i++) { // an iterator would be made for each batch
            try {
                batch.get(i).run();
            } catch (RuntimeException e) {
                onFault(e);
            }
        }
    }

    /** Counts and reports a fault of the router itself. */
    public void onFault(Throwable cause) {
        counters.increment(Metric.BUGS);
        listener.onBug(cause);
    }

    void armTurnEnd() {
        if (!isTurnEndArmed) {
            isTurnEndArmed = true;
            loop.executeAtTurnEnd(turnEnd);
        }
    }

    /** Looks at the clocks once for all commands of a turn ({@code RouteBenchmark}). */
    private void knowTurnTime() {
        if (!isTurnTimeKnown) {
            isTurnTimeKnown = true;
            turnNanos = loop.nanoTime();
            turnEpochMillis = loop.epochMillis();
            armTurnEnd();
        }
    }

    private void onTurnEnd() {
        isTurnEndArmed = false;
        isTurnTimeKnown = false;
        tellCounts();
        for (ShardProxy proxy : proxies) {
            proxy.flush();
        }
    }

    /** Fires timers; the loop calls it about every {@link TimerWheel#TICK_NANOS}. */
    public void onTick() {
        assert loop.isCurrent();
        long nowNanos = loop.nanoTime();
        try {
            if (!timers.advance(nowNanos, TIMERS_PER_TICK)) {
                loop.execute(this::onTick);
            }
            withUntoldRefusals.removeIf(publisher -> tellRefusals(publisher, nowNanos));
            securityReports.passOnCounts(nowNanos);
            health.onTick(nowNanos);
        } catch (RuntimeException e) {
            onFault(e);
        }
    }

    private void onConnectionTimer(Connection connection, long nowNanos) {
        if (remainingMillis(connection) <= 0) {
            onClose(connection, CloseReason.TOKEN_EXPIRED);
            return;
        }
        if (parking.isParked(connection)) {
            if (parking.pausedNanos(connection, nowNanos) >= limits.readPause().toNanos()) {
                onClose(connection, CloseReason.OVERLOADED);
                return;
            }
        } else if (nowNanos - connection.heardOrPingedNanos()
                >= limits.heartbeatInterval().toNanos()) {
            if (connection.pingsUnanswered() >= limits.heartbeatMisses()) {
                onClose(connection, CloseReason.HEARTBEAT_LOST);
                return;
            }
            connection.onPinged(nowNanos);
            connection.ping();
        }
        scheduleTimer(connection, nowNanos);
    }

    void scheduleTimer(Connection connection, long nowNanos) {
        long nextLookNanos = parking.isParked(connection)
                ? limits.readPause().toNanos() - parking.pausedNanos(connection, nowNanos)
                : limits.heartbeatInterval().toNanos() - (nowNanos - connection.heardOrPingedNanos());
        long expiryNanos = Math.max(0, remainingMillis(connection)) * 1_000_000;
        timers.schedule(connection, nowNanos + Math.min(nextLookNanos, expiryNanos));
    }

    /** What is left of a connection's token, in milliseconds. One that was admitted within the skew ends with the skew. */
    private long remainingMillis(Connection connection) {
        long expirySeconds = connection.principal().expiresAtEpochSeconds();
        if (expirySeconds <= connection.judgedAtEpochSeconds()) {
            expirySeconds += EXPIRY_SKEW_SECONDS;
        }
        return Math.min(expirySeconds * 1000 - loop.epochMillis(), Integer.MAX_VALUE);
    }

    Conduct conduct(Connection connection) {
        Conduct known = connection.conduct();
        return known == null ? conduct(connection, loop.nanoTime()) : known;
    }

    private Conduct conduct(Connection connection, long nowNanos) {
        return connection.conduct(limits.messagesPerSecond(), nowNanos);
    }

    static void error(Connection to, @Nullable String id, ErrorCode code, String reason) {
        if (to.isOpen()) {
            to.push(Pushes.error(id, code, reason));
        }
    }

    // ---- repairs, for the audit

    ShardProxy proxyTo(int shard) {
        return proxies[shard];
    }

    ShardAudit audit() {
        return audit;
    }

    void schedule(TimerWheel.Timer timer, long deadlineNanos) {
        timers.schedule(timer, deadlineNanos);
    }

    /** Sees to a connection whose timer was lost as if it had fired: closes it, or pings it if need be, and watches on. */
    AuditFinding.Action watchOrClose(Connection connection) {
        onConnectionTimer(connection, loop.nanoTime());
        return connection.isOpen() ? AuditFinding.Action.WATCHED : AuditFinding.Action.CLOSED;
    }

    /** Takes out a connection that cannot be told of it. */
    void takeOutWholly(Connection connection) {
        takeOut(connection, CloseReason.INTERNAL_ERROR);
        if (connection.isOpen()) {
            connection.onClosing();
        }
    }

    /** Lets those who wait for a topic that was replaced wait for the one that has replaced it. */
    void handOverWaiting(LocalTopic replaced) {
        for (LocalTopic.Waiting waiting : replaced.confirm()) {
            if (waiting.connection().isOpen()) {
                acknowledgeWhenConfirmed(waiting.connection(), waiting.commandId(), replaced.topic());
            }
        }
    }

    /** Passes on what the audit has to say, within bounds. */
    void report(SecurityEvent event) {
        securityReports.report(event, loop.nanoTime());
    }

    /** Puts a connection's own subscription on its topic's list. */
    void list(Subscription subscription) {
        LocalTopic local = localTopic(subscription.topic());
        local.add(subscription);
        countLater(local);
    }

    /** Tells a topic's home that this shard has subscribers. */
    void announce(LocalTopic local) {
        homeOf(local.topic()).addInterest(local.topic(), local.generation(), local.announce());
    }

    /** Takes a topic without subscribers out, here and at its home. */
    void close(LocalTopic local) {
        subscriptions.topics().remove(local);
        homeOf(local.topic()).removeInterest(local.topic());
    }

    // ---- for the router: what other threads ask through it

    /** Judges and routes a publish of somebody who has no connection. Runs on the home shard of the address. */
    void onPublish(Requester publisher, Command.Publish publish, Consumer<Receipt> answer) {
        assert loop.isCurrent();
        counters.increment(Metric.PUBLISHED);
        Outcome refusal = judge.refusal(publisher, publish);
        if (refusal != null) {
            counters.increment(Metric.PUBLISHES_REFUSED);
            answer.accept(Receipt.refused(refusal));
            return;
        }
        onRoute(new Publication(encode(publisher.principal(), publish), index, new OpenReceipt(answer), null, false));
    }

    /** Counts and reports a command of somebody who has no connection, which its reader has refused. */
    void onRefused(Requester publisher, Command command) {
        assert loop.isCurrent();
        if (command instanceof Command.RefusedPublish) {
            counters.increment(Metric.PUBLISHED);
            counters.increment(Metric.PUBLISHES_REFUSED);
        }
        judge.onRefused(publisher, command);
    }

    /** Delivers a message that came over the backplane. Runs on the home shard of the address. */
    void onRemoteMessage(Message message, Consumer<Receipt> answer) {
        onRoute(new Publication(message, index, new OpenReceipt(answer), null, true));
    }

    /** The connections of a user, oldest first. */
    List<CompletableFuture<ConnectionInfo>> onDescribeUser(Address user) {
        assert loop.isCurrent();
        UserConnections found = connections.ofUser(user);
        return found == null
                ? List.of()
                : Stream.of(found.connections()).map(Shard::describe).toList();
    }

    /** One connection; empty when there is none with this id. */
    List<CompletableFuture<ConnectionInfo>> onDescribe(ConnectionId id) {
        assert loop.isCurrent();
        Connection found = connections.get(id);
        return found == null ? List.of() : List.of(describe(found));
    }

    private static CompletableFuture<ConnectionInfo> describe(Connection connection) {
        CompletableFuture<ConnectionInfo> described = new CompletableFuture<>();
        connection.describeQueue(queue -> described.complete(ConnectionInfo.of(connection, queue)));
        return described;
    }

    /** Closes one connection for an operator and says whether it was there. */
    boolean onKick(ConnectionId id, Address operator, @Nullable String ip) {
        assert loop.isCurrent();
        Connection found = connections.get(id);
        if (found == null) {
            return false;
        }
        kick(found, operator, ip);
        return true;
    }

    /** Closes all connections of a user for an operator and says how many there were. */
    int onKickUser(Address user, Address operator, @Nullable String ip) {
        assert loop.isCurrent();
        UserConnections found = connections.ofUser(user);
        if (found == null) {
            return 0;
        }
        Connection[] kicked = found.connections();
        for (Connection connection : kicked) {
            kick(connection, operator, ip);
        }
        return kicked.length;
    }

    private void kick(Connection connection, Address operator, @Nullable String ip) {
        listener.onSecurityEvent(new SecurityEvent(
                SecurityEvent.Kind.KICKED,
                operator,
                connection.principal().user(),
                connection.id().toString(),
                ip));
        onClose(connection, CloseReason.KICKED);
    }

    /** Audits these tables every so often. */
    void onAuditEvery(Duration period) {
        assert loop.isCurrent();
        audit.onEvery(period);
    }

    /** Audits these tables now. */
    void onAudit(Consumer<AuditReport> whenDone) {
        assert loop.isCurrent();
        audit.onRequest(whenDone);
    }

    /** The node's level has changed: from now on publishes are judged by this one. */
    void onLevel(Level newLevel) {
        assert loop.isCurrent();
        judge.onLevel(newLevel);
    }

    /** How many of its users had messages within the last seconds, and how many refused one. */
    public ReceiverCounts onCountReceivers() {
        assert loop.isCurrent();
        return health.counts();
    }

    /** Whether a write was stopped that nobody has acknowledged. */
    boolean onAskedForMisdelivery() {
        assert loop.isCurrent();
        return counters.get(Metric.MISDELIVERY_REFUSED) > misdeliveriesAcknowledged;
    }

    /** Takes note that an operator knows of so many stopped writes. */
    void onAcknowledge(long misdeliveries) {
        assert loop.isCurrent();
        misdeliveriesAcknowledged = Math.max(misdeliveriesAcknowledged, misdeliveries);
    }

    /** The sizes of its tables. */
    ShardStats onStats() {
        assert loop.isCurrent();
        return ShardStats.of(
                connections.size(),
                connections.users(),
                subscriptions.size(),
                topics.size(),
                queueBudget.usedBytes(),
                counters);
    }

    /** Carries work from this shard to another: in order, and as part of this turn's batch. */
    public void hop(Shard to, Runnable work) {
        proxies[to.index].hop(work);
    }

    /** What is tried again, for tests that look whether anything is left. */
    Retries retries() {
        return delivery.retries();
    }

    /** Whether a connection of {@code home} with its socket on this loop may send one more command there. Runs on this loop. */
    public boolean mayCommand(Shard home, InFlight share) {
        return parking.mayCommand(home.index, share);
    }

    /** Runs {@code goOn} on this loop when {@link #mayCommand} may have become true. */
    public void whenMayCommand(Shard home, Runnable goOn) {
        parking.whenMayCommand(home.index, goOn);
    }

    /** Carries a command of so many bytes to {@code home}; {@code share} counts it until it is there. */
    public void command(Shard home, InFlight share, int lengthBytes, Runnable work) {
        proxies[home.index].command(share, lengthBytes, work);
    }

    /** Carries a message of so many bytes to a socket on the loop of {@code to}, and says whether there was credit for it. */
    public boolean deliver(Shard to, int lengthBytes, Runnable work) {
        boolean isCarried = proxies[to.index].deliver(lengthBytes, work);
        counters.add(Metric.CREDITS_REFUSED, isCarried ? 0 : 1);
        return isCarried;
    }

    /** What is on its way to another shard, of topics' messages and to sockets. */
    InFlight deliveriesTo(Shard to) {
        return proxies[to.index].deliveries();
    }

    /** What is on its way to another shard, of publishes. */
    InFlight publishesTo(Shard to) {
        return proxies[to.index].publishes();
    }

    /** The tables, for tests that break them on purpose. */
    ConnectionTable connectionTable() {
        return connections;
    }

    /** The subscriptions, for tests that break them on purpose. */
    SubscriptionTable subscriptionTable() {
        return subscriptions;
    }

    /** The interest, for tests that break it on purpose. */
    TopicTable topicTable() {
        return topics;
    }
}
