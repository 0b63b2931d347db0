package io.wsrouter.cluster;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Receipt;
import java.util.function.Consumer;

/**
 * The port between nodes: it carries messages to the other nodes that have a use for them, and brings in theirs.
 *
 * <p>Methods are called on the loops of shards and do not block. An implementation keeps the order of the messages of one
 * address and publisher.
 */
public interface Backplane extends AutoCloseable {

    /** A node by itself. */
    Backplane SINGLE_NODE = new SingleNode();

    /**
     * Begins to bring in messages.
     *
     * @param receiver where they go; it may be called from any thread
     */
    void start(Receiver receiver);

    /**
     * Says whether this node has a receiver for an address; called on the address's home shard each time that changes.
     *
     * @param address a {@code user:} or {@code topic:} address
     */
    void onInterest(Address address, boolean isWanted);

    /**
     * Whether what was last said of an address is what the other nodes are told; called on the address's home shard.
     *
     * @return true, too, where nobody is to be told
     */
    boolean agreesOnInterest(Address address, boolean isWanted);

    /** Whether other nodes may have receivers for an address; when not, its messages need not be forwarded. */
    boolean mayReach(Address address);

    /**
     * Carries a message to the other nodes.
     *
     * @param answer gets, once and from any thread, the account of the receivers there; never called when this returns
     *     false
     * @return whether there is another node that may have receivers
     */
    boolean forward(Message message, Consumer<Receipt> answer);

    /** Leaves the cluster. */
    @Override
    void close();

    /** Where messages of other nodes come in. */
    interface Receiver {

        /**
         * Delivers to the receivers of this node alone. The sending node has judged the publisher's grants; the tables
         * and the check at the write decide as for any message.
         *
         * @param answer gets the account of this node's receivers, once, on the loop of a shard
         */
        void receive(Message message, Consumer<Receipt> answer);
    }
}
