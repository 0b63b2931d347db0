package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Receipt;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The way of one node to the others. */
final class VirtualBackplane implements Backplane {

    private final Set<String> interest = new HashSet<>();

    /** Whether the node has said that it has a receiver for an address. */
    boolean wants(Target target) {
        return interest.contains(target.text());
    }

    @Override
    public void start(Receiver newReceiver) {}

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
        return false;
    }

    @Override
    public boolean forward(Message message, Consumer<Receipt> answer) {
        return false;
    }

    @Override
    public void close() {}
}
