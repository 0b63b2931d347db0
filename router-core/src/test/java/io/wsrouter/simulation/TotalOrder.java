package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Holds the receivers of a topic against each other: there must be one order of its messages, within a class, that all of a
 * node agree with. What each has got is a chain; chains agree when together they make no circle (Kahn, 1962).
 */
final class TotalOrder {

    private static final class Node {
        private final Sent sent;
        private final List<Node> next = new ArrayList<>(2);
        private int before;

        Node(Sent sent) {
            this.sent = sent;
        }
    }

    private final Oracle oracle;
    private final Map<Long, Map<Sent, Node>> graphs = new HashMap<>();

    TotalOrder(Oracle oracle) {
        this.oracle = oracle;
    }

    void check(List<Peer> peers) {
        graphs.clear();
        for (Peer peer : peers) {
            addChains(peer);
        }
        graphs.values().forEach(this::check);
    }

    private void addChains(Peer peer) {
        Map<Long, Node> last = new HashMap<>();
        for (Written written : peer.written) {
            Sent sent = written.sent();
            if (sent.to().kind() == Address.Kind.TOPIC && !sent.isTimed()) {
                long key = (long) peer.node << 40
                        | sent.to().index() << 2
                        | sent.priority().ordinal();
                Node node =
                        graphs.computeIfAbsent(key, first -> new HashMap<>()).computeIfAbsent(sent, Node::new);
                Node before = last.put(key, node);
                if (before != null && before != node) {
                    before.next.add(node);
                    node.before++;
                }
            }
        }
    }

    private void check(Map<Sent, Node> graph) {
        Queue<Node> first = new ArrayDeque<>();
        graph.values().stream().filter(node -> node.before == 0).forEach(first::add);
        int ordered = 0;
        for (Node node = first.poll(); node != null; node = first.poll()) {
            ordered++;
            for (Node next : node.next) {
                if (--next.before == 0) {
                    first.add(next);
                }
            }
        }
        if (ordered < graph.size()) {
            List<Sent> circle = graph.values().stream()
                    .filter(node -> node.before > 0)
                    .map(node -> node.sent)
                    .toList();
            throw oracle.breaks("6 order", "the receivers of a topic saw different orders of " + circle);
        }
    }
}
