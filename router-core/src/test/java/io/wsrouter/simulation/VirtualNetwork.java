package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.VirtualClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What carries messages and answers between nodes. It keeps the order of one subject between two nodes and no other, and takes
 * as long as the run says; a cut way loses whatever is sent on it, and a node that has died loses everything.
 */
final class VirtualNetwork {

    static final long TIMEOUT_NANOS = 500_000_000L;

    /** One direction between two nodes. */
    private static final class Way {
        private final Map<String, Queue<Runnable>> bySubject = new LinkedHashMap<>();
        private boolean isCut;
    }

    /** A message that other nodes are to account for. */
    private final class Question {
        private final int from;
        private final Sent sent;
        private final Consumer<Receipt> answer;
        private final long deadlineNanos = clock.nanoTime() + TIMEOUT_NANOS;
        private final List<String> silent = new ArrayList<>();
        private final int[] refused = new int[Outcome.values().length];
        private int matched;
        private int delivered;
        private int queued;

        Question(int from, Sent sent, Consumer<Receipt> answer) {
            this.from = from;
            this.sent = sent;
            this.answer = answer;
        }

        void answer(String node, Receipt receipt) {
            if (!questions.contains(this) || !silent.remove(node)) {
                oracle.coverage().count(Rare.LATE_ANSWER);
                return;
            }
            matched += receipt.matched();
            delivered += receipt.delivered();
            queued += receipt.queued();
            receipt.refused().forEach((outcome, count) -> refused[outcome.ordinal()] += count);
            if (silent.isEmpty()) {
                end();
            }
        }

        void end() {
            questions.remove(this);
            if (!silent.isEmpty()) {
                oracle.coverage().count(Rare.UNKNOWN);
                sent.losesSomewhere();
            }
            answer.accept(Receipt.of(matched, delivered, queued, refused, List.copyOf(silent)));
        }
    }

    private final Oracle oracle;
    private final VirtualClock clock;
    private final List<VirtualBackplane> backplanes = new ArrayList<>();
    private final List<Question> questions = new ArrayList<>();
    private final List<List<Way>> ways = new ArrayList<>();

    VirtualNetwork(int nodes, Oracle oracle, VirtualClock clock) {
        this.oracle = oracle;
        this.clock = clock;
        for (int from = 0; from < nodes; from++) {
            backplanes.add(new VirtualBackplane(from, this));
            List<Way> outOf = new ArrayList<>();
            for (int to = 0; to < nodes; to++) {
                outOf.add(new Way());
            }
            ways.add(outOf);
        }
    }

    VirtualBackplane backplane(int node) {
        return backplanes.get(node);
    }

    boolean isWantedElsewhere(int from, String subject) {
        for (VirtualBackplane to : backplanes) {
            if (to.node() != from && to.wants(subject)) {
                return true;
            }
        }
        return false;
    }

    /** Sends a message to every other node that wants it, and says whether there is one. */
    boolean forward(int from, Message message, Consumer<Receipt> answer) {
        String subject = subjectOf(message.to());
        Question question = new Question(from, oracle.sentOf(message), answer);
        for (VirtualBackplane to : backplanes) {
            if (to.node() != from && to.wants(subject)) {
                question.silent.add(name(to.node()));
                question.sent.goesToAnotherNode();
                send(
                        from,
                        to.node(),
                        subject,
                        () -> to.receive(message, receipt -> reply(to.node(), from, question, receipt)));
            }
        }
        if (question.silent.isEmpty()) {
            return false;
        }
        questions.add(question);
        return true;
    }

    private void reply(int from, int to, Question question, Receipt receipt) {
        send(from, to, "reply to #" + question.sent.number(), () -> question.answer(name(from), receipt));
    }

    private void send(int from, int to, String subject, Runnable packet) {
        Way way = ways.get(from).get(to);
        if (way.isCut || backplanes.get(from).isDead() || backplanes.get(to).isDead()) {
            oracle.coverage().count(Rare.LOST_BETWEEN_NODES);
            return;
        }
        if (way.bySubject.size() > 0 && !way.bySubject.containsKey(subject)) {
            oracle.coverage().count(Rare.SUBJECTS_SIDE_BY_SIDE);
        }
        way.bySubject.computeIfAbsent(subject, first -> new ArrayDeque<>()).add(packet);
    }

    static String subjectOf(Address address) {
        return address.kind() == Address.Kind.CONNECTION ? address.owner().toString() : address.toString();
    }

    private static String name(int node) {
        return "n" + node;
    }

    // ---- what may happen to it

    /** Brings the first packet of some subject to the other side, or loses it, and says whether there was one. */
    boolean carry(int from, int to, int which, boolean isLost) {
        Way way = ways.get(from).get(to);
        if (way.bySubject.isEmpty()) {
            return false;
        }
        List<String> subjects = new ArrayList<>(way.bySubject.keySet());
        String subject = subjects.get(which % subjects.size());
        Queue<Runnable> packets = way.bySubject.get(subject);
        Runnable packet = packets.remove();
        if (packets.isEmpty()) {
            way.bySubject.remove(subject);
        }
        if (isLost) {
            oracle.coverage().count(Rare.LOST_BETWEEN_NODES);
        } else {
            packet.run();
        }
        return true;
    }

    /** Brings everything to the other side, and says whether there was anything. */
    boolean carryAll() {
        boolean isAny = false;
        for (int from = 0; from < ways.size(); from++) {
            for (int to = 0; to < ways.size(); to++) {
                while (carry(from, to, 0, false)) {
                    isAny = true;
                }
            }
        }
        return isAny;
    }

    /** Cuts the way from one node to another, or heals it; what is on it is lost. */
    boolean cut(int from, int to, boolean isCut) {
        Way way = ways.get(from).get(to);
        if (way.isCut == isCut) {
            return false;
        }
        way.isCut = isCut;
        way.bySubject.clear();
        return true;
    }

    void healAll() {
        ways.forEach(outOf -> outOf.forEach(way -> way.isCut = false));
    }

    /** A node is gone, with whatever was on its way to it or from it. */
    void kill(int node) {
        backplanes.get(node).die();
        questions.removeIf(question -> question.from == node);
        for (int other = 0; other < ways.size(); other++) {
            ways.get(node).get(other).bySubject.clear();
            ways.get(other).get(node).bySubject.clear();
        }
    }

    /** Ends what has waited too long for an answer. */
    void expire() {
        for (Question question : List.copyOf(questions)) {
            if (clock.nanoTime() - question.deadlineNanos >= 0) {
                question.end();
            }
        }
    }
}
