package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.InFlight;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard whose publishes wait for credit, because as much as may be is on its way to the home shard of
 * an address, or because their own share of it is. Belongs to one loop, which never waits itself.
 *
 * <p>A connection that waits is not read; the commands that it has given nevertheless stay behind its publish, in order. When
 * credit comes back, those who wait for the pair of shards take turns of {@value #TURN} publishes, and who comes with a new one
 * stands behind them.
 */
final class Parking {

    private static final int MOST_PARKED = 64;
    private static final int TURN = 16;

    /** What keeps a publish from being sent. */
    private enum Shortage {
        /** Others wait before it for the same. */
        TURN,
        /** As much as may be is on its way to that shard. */
        CREDIT,
        /** As much as one connection may have is on its way. */
        SHARE
    }

    private record Parked(Command command, boolean isWithinRate) {}

    /** What one connection has given since its first publish that had to wait. */
    private record Line(Queue<Parked> commands, long sinceNanos) {}

    private final Shard shard;
    private final Counters counters;
    private final CreditLimits limits;
    private final Map<Connection, Line> lines = new HashMap<>();
    private final Set<Connection> shortOfShare = new LinkedHashSet<>();
    private final List<Set<Connection>> shortOfCredit = new ArrayList<>();
    private final List<Queue<Runnable>> far = new ArrayList<>();
    private ShardProxy[] proxies = {};
    private boolean isFarServed;
    private boolean isFarNext;
    private @Nullable Connection served;
    private int leftOfTurn;

    Parking(Shard shard, CreditLimits limits) {
        this.shard = shard;
        this.counters = shard.counters();
        this.limits = limits;
    }

    /** Introduces the ways to the other shards, before the first use. */
    void connect(ShardProxy[] newProxies) {
        proxies = newProxies;
        for (int i = 0; i < proxies.length; i++) {
            shortOfCredit.add(new LinkedHashSet<>());
            far.add(new ArrayDeque<>());
        }
    }

    /** Has a command wait if it must, or if earlier ones of its connection do, and says whether it does; {@code command} is borrowed. */
    boolean parks(Connection from, Command command, boolean isWithinRate) {
        Line line = lines.isEmpty() ? null : lines.get(from);
        if (line == null) {
            Shortage shortage = shortage(from, command, isWithinRate);
            if (shortage == null) {
                return false;
            }
            park(open(from), command, isWithinRate);
            standInLine(from, command, shortage);
        } else if (line.commands().size() < MOST_PARKED) {
            park(line, command, isWithinRate);
        } else {
            shard.refuseToPark(from, command);
        }
        return true;
    }

    private Line open(Connection from) {
        Line opened = new Line(new ArrayDeque<>(), shard.loop().nanoTime());
        lines.put(from, opened);
        shard.onPaused(from);
        return opened;
    }

    private void park(Line line, Command command, boolean isWithinRate) {
        Command kept = command;
        if (command instanceof Command.Publish publish) {
            kept = publish.kept();
            counters.increment(Metric.PUBLISHES_PARKED);
        }
        line.commands().add(new Parked(kept, isWithinRate));
    }

    // ---- who may pass

    private @Nullable Shortage shortage(Connection from, Command command, boolean isWithinRate) {
        if (!(command instanceof Command.Publish publish) || !isWithinRate) {
            return null;
        }
        int home = homeOf(publish);
        if (proxies[home].isWithin()) {
            return null;
        } else if (!isNext(from, home)) {
            return Shortage.TURN;
        } else if (!proxies[home].hasCredit()) {
            return Shortage.CREDIT;
        }
        return hasShare(from) ? null : Shortage.SHARE;
    }

    private int homeOf(Command.Publish publish) {
        return publish.to().homeShard(proxies.length);
    }

    /** Whether nobody waits before it. */
    private boolean isNext(Connection from, int home) {
        return !hasWaiting(home) || (from == served && leftOfTurn-- > 0);
    }

    private boolean hasShare(Connection from) {
        InFlight share = shard.inFlight(from);
        if (limits.admitsShare(share)) {
            return true;
        }
        for (ShardProxy proxy : proxies) {
            proxy.reclaim();
        }
        return limits.admitsShare(share);
    }

    // ---- who waits

    /** Stands behind those who wait for the same. Who is short of its share alone keeps nobody from the credit. */
    private void standInLine(Connection from, Command first, Shortage shortage) {
        int home = homeOf((Command.Publish) first);
        switch (shortage) {
            case TURN -> shortOfCredit.get(home).add(from);
            case CREDIT -> {
                shortOfCredit.get(home).add(from);
                proxies[home].callWhenCreditIsBack();
            }
            case SHARE -> {
                shortOfShare.add(from);
                callWhenAnyIsBack();
            }
        }
    }

    private void callWhenAnyIsBack() {
        for (ShardProxy proxy : proxies) {
            proxy.callWhenCreditIsBack();
        }
    }

    boolean isParked(Connection connection) {
        return !lines.isEmpty() && lines.containsKey(connection);
    }

    /** How long a connection has waited. */
    long pausedNanos(Connection connection, long nowNanos) {
        Line line = lines.get(connection);
        return line == null ? 0 : nowNanos - line.sinceNanos();
    }

    /** Drops what a connection has waiting, which is closed. */
    void forget(Connection connection) {
        Line line = lines.isEmpty() ? null : lines.remove(connection);
        if (line == null) {
            return;
        }
        shortOfShare.remove(connection);
        shortOfCredit.forEach(waiting -> waiting.remove(connection));
        for (Parked parked : line.commands()) {
            if (parked.command() instanceof Command.Publish || parked.command() instanceof Command.RefusedPublish) {
                counters.increment(Metric.PUBLISHED);
                counters.increment(Metric.PUBLISHES_REFUSED);
                counters.add(Metric.RECEIPTS_DROPPED, parked.command().id() == null ? 0 : 1);
            }
        }
    }

    // ---- connections of other shards, whose sockets are on this loop

    /** Whether a connection of another shard may send one more command there, of which it has {@code share} on its way. */
    boolean mayCommand(int home, InFlight share) {
        boolean isNext = !hasWaiting(home) || (isFarServed && leftOfTurn-- > 0);
        return isNext
                && proxies[home].hasCredit()
                && (hasFarShare(share) || (proxies[home].reclaim() && hasFarShare(share)));
    }

    /** No more than can wait there, should the first of them have to. */
    private boolean hasFarShare(InFlight share) {
        return limits.admitsShare(share) && share.messages() < MOST_PARKED;
    }

    /** Runs {@code goOn} when it may have changed that a connection of another shard may not send. */
    void whenMayCommand(int home, Runnable goOn) {
        far.get(home).add(goOn);
        proxies[home].callWhenCreditIsBack();
    }

    // ---- credit is back

    /** Lets those who wait go on, as far as the credit that has come back from a shard goes. */
    void onCredit(int home) {
        assert shard.loop().isCurrent();
        proxies[home].reclaim();
        for (int left = shortOfShare.size(); left > 0 && !shortOfShare.isEmpty(); left--) {
            serve(takeFirst(shortOfShare), 0);
        }
        serveByTurns(home);
        if (hasWaiting(home)) {
            proxies[home].callWhenCreditIsBack();
        }
    }

    private boolean hasWaiting(int home) {
        return !shortOfCredit.get(home).isEmpty() || !far.get(home).isEmpty();
    }

    /** Serves by turns who is at home here and who has its socket here, of these each once: one may be short of its share. */
    private void serveByTurns(int home) {
        Set<Connection> near = shortOfCredit.get(home);
        int farLeft = far.get(home).size();
        while ((!near.isEmpty() || farLeft > 0) && proxies[home].hasCredit()) {
            isFarNext = !isFarNext;
            if (near.isEmpty() || (isFarNext && farLeft > 0)) {
                farLeft--;
                serveFar(far.get(home).remove());
            } else {
                serve(takeFirst(near), TURN);
            }
        }
    }

    private void serveFar(Runnable goOn) {
        isFarServed = true;
        leftOfTurn = TURN;
        try {
            goOn.run();
        } finally {
            isFarServed = false;
        }
    }

    private static Connection takeFirst(Set<Connection> waiting) {
        Connection first = waiting.iterator().next();
        waiting.remove(first);
        return first;
    }

    /** Lets a connection go on with so many publishes before others who wait for the same, and more if nobody does. */
    private void serve(Connection connection, int turn) {
        served = connection;
        leftOfTurn = turn;
        try {
            goOn(connection);
        } finally {
            served = null;
        }
    }

    private void goOn(Connection connection) {
        Line line = lines.get(connection);
        while (line != null && !line.commands().isEmpty()) {
            Parked next = line.commands().element();
            Shortage shortage = shortage(connection, next.command(), next.isWithinRate());
            if (shortage != null) {
                standInLine(connection, next.command(), shortage);
                return;
            }
            line.commands().remove();
            shard.onUnparked(connection, next.command(), next.isWithinRate());
            line = lines.get(connection);
        }
        if (line != null) {
            lines.remove(connection);
            shard.onResumed(connection, shard.loop().nanoTime() - line.sinceNanos());
        }
    }
}
