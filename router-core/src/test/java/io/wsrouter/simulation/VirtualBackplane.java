package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Receipt;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The way of one node to the others, by the {@link VirtualNetwork}. */
final class VirtualBackplane implements Backplane {

    private final int node;
    private final VirtualNetwork network;
    private final Set<String> interest = new HashSet<>();
    private Receiver receiver;
    private boolean isDead;

    VirtualBackplane(int node, VirtualNetwork network) {
        this.node = node;
        this.network = network;
    }

    int node() {
        return node;
    }

    boolean isDead() {
        return isDead;
    }

    void die() {
        isDead = true;
    }

    /** Whether the node has said that it has a receiver for an address. A dead one cannot take that back. */
    boolean wants(String subject) {
        return interest.contains(subject);
    }

    /** A message of another node has come. */
    void receive(Message message, Consumer<Receipt> answer) {
        receiver.receive(message, answer);
    }

    @Override
    public void start(Receiver newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public void onInterest(Address address, boolean isWanted) {
        if (isWanted) {
            interest.add(address.toString());
        } else {
            interest.remove(address.toString());
        }
    }

    @Override
    public boolean agreesOnInterest(Address address, boolean isWanted) {
        return interest.contains(address.toString()) == isWanted;
    }

    @Override
    public boolean mayReach(Address address) {
        return !isDead && network.isWantedElsewhere(node, VirtualNetwork.subjectOf(address));
    }

    @Override
    public boolean forward(Message message, Consumer<Receipt> answer) {
        return network.forward(node, message, answer);
    }

    @Override
    public void close() {}
}
