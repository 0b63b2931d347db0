package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The part of one group that is in this process: its receivers and publishers, spread over the loops. */
final class GroupShare {

    private static final long RETRY_MILLIS = 200;
    private static final long FORGIVE_MILLIS = 1_000;
    /** Less than the time for which servers keep a connection whose close frame does not go out. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Layout.Group group;
    private final Site site;
    private final List<LoadLoop> loops;
    private final List<Receiver> receivers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<List<Receiver>> receiversOf = new ArrayList<>();
    private final List<List<Publisher>> publishersOf = new ArrayList<>();
    /** Those who may come, by loop; each belongs to its loop. */
    private final List<Queue<Receiver>> free = new ArrayList<>();

    private final byte[][] addresses;
    private final int[] receiversHere;
    private final int mostReceiversHere;
    private final int firstReceiver;
    private final int firstPublisher;
    private final String[] receiverTokens;
    private final String[] publisherTokens;
    private final AtomicInteger ready = new AtomicInteger();
    private volatile boolean isEnding;

    GroupShare(
            Layout.Group group,
            Site site,
            Layout.Share share,
            List<LoadLoop> loops,
            Credits credits,
            SplittableRandom random) {
        this.group = group;
        this.site = site;
        this.loops = loops;
        GroupPlan plan = group.plan();
        this.addresses = new byte[plan.targets()][];
        Arrays.setAll(addresses, target -> listenedTo(target).getBytes(UTF_8));
        this.firstReceiver = share.from(plan.connections());
        this.firstPublisher = share.from(plan.publishers());
        this.receiverTokens = tokens(
                firstReceiver,
                share.to(plan.connections()),
                number -> site.token(site.layout().user(group.userOf(number))));
        this.publisherTokens = tokens(
                firstPublisher,
                share.to(plan.publishers()),
                number -> site.publisherToken(group.firstSource() + number));
        this.receiversHere = new int[plan.targets()];
        for (int i = 0; i < loops.size(); i++) {
            free.add(new ArrayDeque<>());
            receiversOf.add(new ArrayList<>());
            publishersOf.add(new ArrayList<>());
        }
        for (int i = 0; i < receiverTokens.length; i++) {
            Receiver receiver = new Receiver(loops.get(i % loops.size()), this, firstReceiver + i);
            receivers.add(receiver);
            receiversOf.get(i % loops.size()).add(receiver);
            receiversHere[group.targetOf(firstReceiver + i)]++;
            free.get(i % loops.size()).add(receiver);
        }
        this.mostReceiversHere = Arrays.stream(receiversHere).max().orElse(0);
        for (int i = 0; i < publisherTokens.length; i++) {
            Publisher publisher = new Publisher(loops.get(i % loops.size()), this, firstPublisher + i, random.split());
            publishers.add(publisher);
            publishersOf.get(i % loops.size()).add(publisher);
            if (plan.window() > 0 && !plan.receipts()) {
                credits.add(publisher);
            }
        }
    }

    private static String[] tokens(int from, int to, IntFunction<String> token) {
        return IntStream.range(from, to).parallel().mapToObj(token).toArray(String[]::new);
    }

    Layout.Group group() {
        return group;
    }

    Site site() {
        return site;
    }

    /** The address of that place, as the dialect writes it. */
    String listenedTo(int target) {
        return site.dialect()
                .address(group.plan().scenario().hasTopics(), site.layout().target(group, target));
    }

    byte[] address(int target) {
        return addresses[target];
    }

    String receiverToken(int number) {
        return receiverTokens[number - firstReceiver];
    }

    String publisherToken(int number) {
        return publisherTokens[number - firstPublisher];
    }

    int receiversHere(int target) {
        return receiversHere[target];
    }

    int mostReceiversHere() {
        return mostReceiversHere;
    }

    /** From here on {@link #targetsHere} addresses may have receivers in this process. */
    int firstTargetHere() {
        return group.plan().scenario().isShared() ? 0 : firstReceiver;
    }

    int targetsHere() {
        return group.plan().scenario().isShared() ? group.plan().topics() : receiverTokens.length;
    }

    // ---- connecting

    /** Opens all connections that are there from the start. */
    void connect() {
        publishers.forEach(publisher -> publisher.loop().eventLoop().execute(publisher::connect));
        if (group.plan().scenario() != LoadScenario.CHURN) {
            receivers.forEach(receiver -> receiver.loop().eventLoop().execute(receiver::connect));
        }
    }

    /** How many connections {@link #connect} opens. */
    int awaited() {
        return publishers.size() + (group.plan().scenario() == LoadScenario.CHURN ? 0 : receivers.size());
    }

    /** How many of them have been ready. */
    int ready() {
        return ready.get();
    }

    void onReady() {
        ready.incrementAndGet();
    }

    /** Tries again after a while, unless the run is over. */
    void retry(LoadLoop loop, Runnable attempt) {
        if (!isEnding) {
            loop.eventLoop().schedule(attempt, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    // ---- running

    /** Starts what the group does. All times are of this process's clock. */
    void start(long startNanos, long measuredFromNanos, long stopNanos) {
        for (LoadLoop loop : loops) {
            loop.at(startNanos, () -> start(loop, startNanos, stopNanos));
        }
        int cuts = group.plan().cuts();
        for (int i = 1; i <= cuts; i++) {
            long cutNanos = measuredFromNanos + (stopNanos - measuredFromNanos) / (cuts + 1) * i;
            loops.forEach(loop -> loop.at(cutNanos, () -> of(loop).forEach(Receiver::cut)));
        }
        if (group.plan().scenario() == LoadScenario.SLOW) {
            loops.forEach(loop -> stall(loop, startNanos, stopNanos));
        }
    }

    /** The slow stop reading: those of odd number until the end, the others read now and then. */
    private void stall(LoadLoop loop, long startNanos, long stopNanos) {
        for (long pause = startNanos; pause - stopNanos < 0; pause += STALL_NANOS + READ_NANOS) {
            loop.at(pause, () -> of(loop).forEach(receiver -> receiver.setReading(false)));
            loop.at(pause + STALL_NANOS, () -> of(loop).forEach(Receiver::readForAMoment));
        }
        loop.at(stopNanos, () -> of(loop).forEach(receiver -> receiver.setReading(true)));
    }

    private void start(LoadLoop loop, long startNanos, long stopNanos) {
        List<Publisher> here = by(loop);
        if (group.plan().isOpenLoop() && !here.isEmpty()) {
            double rate = group.plan().rate() * here.size() / group.plan().publishers();
            double phase = (double) here.get(0).source() / group.plan().publishers();
            new Pacer(loop, rate, phase, startNanos, stopNanos, new OpenLoop(loop, here)).run();
        } else {
            here.forEach(publisher -> publisher.keepSendingUntil(stopNanos));
            loop.eventLoop()
                    .scheduleAtFixedRate(
                            () -> here.forEach(Publisher::forgive),
                            FORGIVE_MILLIS,
                            FORGIVE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
        if (group.plan().arrivals() > 0 && !of(loop).isEmpty()) {
            Arrivals arrivals = new Arrivals(loop);
            double rate =
                    group.plan().arrivals() * of(loop).size() / group.plan().connections();
            new Pacer(loop, rate, 0.5, startNanos, stopNanos, arrivals).run();
        }
    }

    /** The publishers of a loop in turn, passing over those whose server does not read. */
    private final class OpenLoop implements Pacer.Action {

        private final Tally tally;
        private final List<Publisher> here;
        private int turn;

        OpenLoop(LoadLoop loop, List<Publisher> here) {
            this.tally = loop.tally(group);
            this.here = here;
        }

        @Override
        public boolean onDue(long dueNanos, long nowNanos) {
            for (int i = 0; i < here.size(); i++) {
                Publisher publisher = here.get(turn++ % here.size());
                if (publisher.isWritable()) {
                    publisher.publish(dueNanos);
                    tally.onSendLag(nowNanos - dueNanos);
                    return true;
                }
            }
            tally.add(Count.HELD);
            return false;
        }
    }

    /** Those of a loop who come and go. */
    private final class Arrivals implements Pacer.Action {

        private final Tally tally;
        private final Queue<Receiver> here;

        Arrivals(LoadLoop loop) {
            this.tally = loop.tally(group);
            this.here = free.get(loop.index());
        }

        @Override
        public boolean onDue(long dueNanos, long nowNanos) {
            tally.add(Count.ARRIVALS_DUE);
            Receiver next = here.poll();
            if (next == null) {
                tally.add(Count.ARRIVALS_SKIPPED);
            } else {
                next.visit(dueNanos);
            }
            return true;
        }
    }

    /** A visitor has gone and may come again. */
    void onLeft(Receiver visitor) {
        free.get(visitor.loop().index()).add(visitor);
    }

    // ---- what is there

    /** How many connections of a loop are ready. Runs on it. */
    int ready(LoadLoop loop) {
        return (int) (of(loop).stream().filter(Receiver::isReady).count()
                + by(loop).stream().filter(Publisher::isReady).count());
    }

    /** How much of a loop is under way: publishes without receipts, those who come back or visit. Runs on it. */
    long pending(LoadLoop loop) {
        return of(loop).stream().mapToLong(Receiver::pending).sum()
                + by(loop).stream().mapToLong(Publisher::waiting).sum();
    }

    /** Whether a connection of a loop has not ended. Runs on it. */
    boolean hasOpen(LoadLoop loop) {
        return of(loop).stream().anyMatch(Receiver::isOpen) || by(loop).stream().anyMatch(Publisher::isOpen);
    }

    /** How many publishes have no receipt. To be asked when the loops have ended. */
    long withoutReceipt() {
        return receivers.stream().mapToLong(Receiver::waiting).sum()
                + publishers.stream().mapToLong(Publisher::waiting).sum();
    }

    private List<Receiver> of(LoadLoop loop) {
        return receiversOf.get(loop.index());
    }

    private List<Publisher> by(LoadLoop loop) {
        return publishersOf.get(loop.index());
    }

    // ---- the end

    /** Closes all connections of a loop. Runs on it. */
    void close(LoadLoop loop) {
        isEnding = true;
        of(loop).forEach(Receiver::close);
        by(loop).forEach(Publisher::close);
    }
}
