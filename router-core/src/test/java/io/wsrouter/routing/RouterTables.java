package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionIdGenerator;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.Roster;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.Tampering;
import io.wsrouter.connection.UserConnections;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the simulator sees of the tables of a shard, and what it breaks in them. */
public final class RouterTables {

    private static final Connection[] NOBODY = {};
    private static final Field TABLES = field(Shard.class, "tables");
    private static final Field IDS = field(Shard.class, "ids");
    private static final Field COUNTER = field(ConnectionIdGenerator.class, "counter");

    private RouterTables() {}

    public static RouterLimits limits(TestLimits limits) {
        return limits.toLimits();
    }

    // ---- what there is

    public static int connections(Shard shard) {
        return shard.connectionTable().size();
    }

    public static int users(Shard shard) {
        return shard.connectionTable().users();
    }

    public static @Nullable Connection connection(Shard shard, ConnectionId id) {
        return shard.connectionTable().get(id);
    }

    /** The connections of a user, oldest first. */
    public static Connection[] ofUser(Shard shard, Address user) {
        UserConnections found = shard.connectionTable().ofUser(user);
        return found == null ? NOBODY : found.connections();
    }

    /** The topics that connections of this shard have subscribed to. */
    public static int subscribedTopics(Shard shard) {
        return shard.subscriptionTable().size();
    }

    public static List<Connection> subscribers(Shard shard, Address topic) {
        LocalTopic local = shard.subscriptionTable().get(topic);
        List<Connection> subscribers = new ArrayList<>();
        for (int i = 0; local != null && i < local.size(); i++) {
            subscribers.add(local.subscriber(i));
        }
        return subscribers;
    }

    /** The topics that this shard is home to and somebody has subscribed to. */
    public static int topics(Shard shard) {
        return shard.topicTable().size();
    }

    public static int[] interestedShards(Shard home, Address topic) {
        return home.topicTable().shardsOf(topic);
    }

    /** How many deliveries are under way that are tried again. */
    public static int retries(Shard shard) {
        return shard.retries().underWay();
    }

    public static int sockets(Shard shard) {
        return tables(shard).sockets().size();
    }

    public static boolean hasSocket(Shard shard, Connection connection) {
        Roster<Connection> sockets = tables(shard).sockets();
        return sockets.contains(connection);
    }

    // ---- what may break

    /** Has the next registration on a shard mint the last id once more, if that is in the same second. */
    public static void repeatId(Shard shard) {
        try {
            Object ids = IDS.get(shard);
            COUNTER.setInt(ids, COUNTER.getInt(ids) - 1);
        } catch (IllegalAccessException e) {
            throw new LinkageError("ConnectionIdGenerator.counter", e);
        }
    }

    /** Breaks something about {@code victim}, with the help of {@code other} of the same shard, and says what; null for nothing. */
    public static @Nullable String corrupt(Shard shard, int kind, Connection victim, Connection other, Address topic) {
        ConnectionTable table = shard.connectionTable();
        if (table.ofUser(victim.principal().user()) == null) {
            return null; // broken before
        }
        LocalTopic local = shard.subscriptionTable().get(topic);
        Subscription own = victim.subscription(topic);
        return switch (kind) {
            case 0 -> {
                if (victim.principal().user().equals(other.principal().user())) {
                    yield null;
                }
                Tampering.plant(other, table, victim.principal().user());
                yield other + " is listed as " + victim.principal().user();
            }
            case 1 -> {
                if (victim == other) {
                    yield null;
                }
                Tampering.plant(other, table, victim.id());
                yield "the id of " + victim + " stands for " + other;
            }
            case 2 -> {
                Tampering.unlist(victim, table);
                yield victim + " is off its user's list";
            }
            case 3 -> {
                Tampering.takeOut(victim, table);
                yield victim + " is in no table";
            }
            case 4 -> {
                Tampering.forgetId(victim, table);
                yield "the id of " + victim + " stands for nothing";
            }
            case 5 -> {
                if (victim == other
                        || !victim.principal().user().equals(other.principal().user())) {
                    yield null;
                }
                Tampering.share(victim.id(), other, table);
                yield other + " has the id of another connection of the user, and is found under it";
            }
            case 6 -> {
                Tampering.loseKey(table.byUser(), victim.principal().user());
                yield victim.principal().user() + " is found no more";
            }
            case 7 -> {
                if (local == null || other.subscription(topic) != null) {
                    yield null;
                }
                local.add(new Subscription(other, topic));
                yield other + " is among the subscribers of " + topic + ", unasked";
            }
            case 8 -> {
                if (local == null || own == null) {
                    yield null;
                }
                local.remove(own);
                yield victim + " is no more among the subscribers of " + topic;
            }
            default -> {
                victim.cancel();
                yield "nobody watches " + victim + " any more";
            }
        };
    }

    /** Has the home of a topic forget that a shard has subscribers, and says whether it knew. */
    public static boolean forgetInterest(Shard home, Address topic) {
        int[] shards = home.topicTable().shardsOf(topic);
        if (shards.length == 0) {
            return false;
        }
        home.topicTable().remove(topic, shards[0]);
        return true;
    }

    private static ShardTables tables(Shard shard) {
        try {
            return (ShardTables) TABLES.get(shard);
        } catch (IllegalAccessException e) {
            throw new LinkageError("Shard.tables", e);
        }
    }

    private static Field field(Class<?> owner, String name) {
        try {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new LinkageError(owner + "." + name, e);
        }
    }
}
