package io.wsrouter.cluster;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Receipt;
import java.util.function.Consumer;

/** The backplane of a node by itself: nobody to tell, nobody to ask. */
final class SingleNode implements Backplane {

    @Override
    public void start(Receiver receiver) {}

    @Override
    public void onInterest(Address address, boolean isWanted) {}

    @Override
    public boolean agreesOnInterest(Address address, boolean isWanted) {
        return true;
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
