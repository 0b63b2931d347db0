package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Receipt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A backplane whose other nodes are the test: it keeps what is forwarded until the test answers for them. */
public final class RecordingBackplane implements Backplane {

    private record Forwarded(Message message, Consumer<Receipt> answer) {}

    private final boolean hasOtherNodes;
    private final List<Forwarded> unanswered = new ArrayList<>();
    private final List<String> announcements = new ArrayList<>();
    private final Set<String> interest = new TreeSet<>();
    private final List<String> violations = new ArrayList<>();
    private Receiver receiver = (message, answer) -> {
        throw new AssertionError("not started");
    };

    private RecordingBackplane(boolean hasOtherNodes) {
        this.hasOtherNodes = hasOtherNodes;
    }

    /** A node by itself. */
    public static RecordingBackplane alone() {
        return new RecordingBackplane(false);
    }

    /** A node among others, which may have receivers for everything. */
    public static RecordingBackplane amongOthers() {
        return new RecordingBackplane(true);
    }

    /** Answers the forwarded message that has waited longest. */
    public void answers(Receipt receipt) {
        unanswered.remove(0).answer().accept(receipt);
    }

    /** Brings in a message of another node. */
    public void bringsIn(Message message, Consumer<Receipt> answer) {
        receiver.receive(message, answer);
    }

    /** The addresses of the messages that wait for an answer. */
    public List<String> forwarded() {
        return unanswered.stream()
                .map(forwarded -> forwarded.message().to().toString())
                .toList();
    }

    /** Every change of interest, as {@code +address} and {@code -address}, in order. */
    public List<String> announcements() {
        return Collections.unmodifiableList(announcements);
    }

    /** What this node wants by its announcements. */
    public Set<String> interest() {
        return Collections.unmodifiableSet(interest);
    }

    /** Announcements that change nothing. */
    public List<String> violations() {
        return Collections.unmodifiableList(violations);
    }

    @Override
    public void start(Receiver newReceiver) {
        receiver = newReceiver;
    }

    /** Forgets an announcement, as no code path does. */
    void forgets(String address) {
        interest.remove(address);
    }

    @Override
    public void onInterest(Address address, boolean isWanted) {
        String announcement = (isWanted ? "+" : "-") + address;
        announcements.add(announcement);
        boolean isNews = isWanted ? interest.add(address.toString()) : interest.remove(address.toString());
        if (!isNews) {
            violations.add("announced twice: " + announcement);
        }
    }

    @Override
    public boolean agreesOnInterest(Address address, boolean isWanted) {
        return interest.contains(address.toString()) == isWanted;
    }

    @Override
    public boolean mayReach(Address address) {
        return true;
    }

    @Override
    public boolean forward(Message message, Consumer<Receipt> answer) {
        if (hasOtherNodes) {
            unanswered.add(new Forwarded(message, answer));
        }
        return hasOtherNodes;
    }

    @Override
    public void close() {}
}
