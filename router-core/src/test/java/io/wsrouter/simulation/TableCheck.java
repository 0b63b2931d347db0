package io.wsrouter.simulation;

import io.wsrouter.connection.Connection;
import io.wsrouter.routing.RouterTables;
import io.wsrouter.routing.Shard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Compares the tables of a router at rest with the model: no more and no less, and nothing of the dead. */
final class TableCheck {

    private static final String INVARIANT = "4 tables";

    private final Oracle oracle;

    TableCheck(Oracle oracle) {
        this.oracle = oracle;
    }

    void check(Node node, List<VirtualConnection> connections) {
        List<Shard> shards = node.router().shards();
        for (Shard shard : shards) {
            List<VirtualConnection> open = new ArrayList<>();
            int sockets = 0;
            for (VirtualConnection connection : connections) {
                if (connection.home() == shard && connection.peer().isOpen) {
                    open.add(connection);
                }
                if (connection.socketShard() == shard && connection.isListed()) {
                    sockets++;
                    expects(
                            RouterTables.hasSocket(shard, connection),
                            connection,
                            "has a socket that its loop does not know");
                }
            }
            open.sort(Comparator.comparingLong(connection -> connection.peer().registeredAt));
            expects(RouterTables.sockets(shard), sockets, shard, "sockets");
            checkConnections(shard, open);
            checkSubscriptions(shard, open);
        }
        checkInterest(node, shards, connections);
    }

    private void checkConnections(Shard shard, List<VirtualConnection> open) {
        expects(RouterTables.connections(shard), open.size(), shard, "connections");
        int users = 0;
        for (Target user : oracle.users()) {
            Connection[] listed = RouterTables.ofUser(shard, user.address());
            int place = 0;
            for (VirtualConnection connection : open) {
                if (connection.peer().user == user.index()) {
                    expects(connection.isOpen(), connection, "is open, and the router has it as " + connection.state());
                    expects(
                            place < listed.length && listed[place++] == connection,
                            connection,
                            "is not in its place on the list of its user");
                    expects(
                            RouterTables.connection(shard, connection.id()) == connection,
                            connection,
                            "is not found under its id");
                }
            }
            expects(listed.length, place, shard, "connections of " + user);
            users += place > 0 ? 1 : 0;
        }
        expects(RouterTables.users(shard), users, shard, "users");
    }

    private void checkSubscriptions(Shard shard, List<VirtualConnection> open) {
        int subscribed = 0;
        for (Target topic : oracle.topics()) {
            List<Connection> listed = RouterTables.subscribers(shard, topic.address());
            int subscribers = 0;
            for (VirtualConnection connection : open) {
                if (connection.peer().isSubscribedTo(topic.index())) {
                    subscribers++;
                    expects(listed.contains(connection), connection, "is not among the subscribers of " + topic);
                    expects(
                            connection.subscription(topic.address()) != null,
                            connection,
                            "does not know that it has subscribed to " + topic);
                }
            }
            expects(listed.size(), subscribers, shard, "subscribers of " + topic);
            subscribed += subscribers > 0 ? 1 : 0;
        }
        expects(RouterTables.subscribedTopics(shard), subscribed, shard, "topics with subscribers");
    }

    private void checkInterest(Node node, List<Shard> shards, List<VirtualConnection> connections) {
        int[] topicsAtHome = new int[shards.size()];
        for (Target topic : oracle.topics()) {
            long wanted = 0;
            for (VirtualConnection connection : connections) {
                if (connection.peer().node == node.index()
                        && connection.peer().isOpen
                        && connection.peer().isSubscribedTo(topic.index())) {
                    wanted |= 1L << connection.home().index();
                }
            }
            Shard home = node.router().homeShard(topic.address());
            long known = 0;
            for (int shard : RouterTables.interestedShards(home, topic.address())) {
                known |= 1L << shard;
            }
            expects(
                    known == wanted,
                    home,
                    "knows of subscribers of " + topic + " on the shards " + Long.toBinaryString(known) + " (expected "
                            + Long.toBinaryString(wanted) + ")");
            topicsAtHome[home.index()] += wanted == 0 ? 0 : 1;
            node.checkInterest(oracle, topic, wanted != 0);
        }
        for (Shard shard : shards) {
            expects(RouterTables.topics(shard), topicsAtHome[shard.index()], shard, "topics");
        }
        for (Target user : oracle.users()) {
            boolean isWanted = connections.stream()
                    .anyMatch(connection -> connection.peer().node == node.index()
                            && connection.peer().isOpen
                            && connection.peer().user == user.index());
            node.checkInterest(oracle, user, isWanted);
        }
    }

    private void expects(long found, long expected, Shard shard, String what) {
        expects(found == expected, shard, "has " + found + " " + what + " (expected " + expected + ")");
    }

    private void expects(boolean holds, Object who, String what) {
        oracle.expects(holds, INVARIANT, who instanceof Shard shard ? "shard " + shard.index() : who, what);
    }
}
