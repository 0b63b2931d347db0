package io.wsrouter.bench.load;

/** How a kind of server is spoken to over WebSocket. Stateless; any thread. */
public interface Dialect {

    /** Its name in {@code --dialect} and in results. */
    String name();

    /** Whether the server answers each publish that asks for it with what became of it. */
    boolean hasReceipts();

    /** Whether its frames are binary. */
    boolean isBinary();

    /** Lines of the upgrade request beyond those of RFC 6455, each with its line end. */
    String headers(String token);

    /** How the server writes the address of a user or a topic of that name. */
    String address(boolean isTopic, String name);

    /**
     * Writes the start of a publish, up to the payload.
     *
     * @param id the receipt is to carry, or -1 for no receipt
     * @return where the payload starts
     */
    int head(byte[] out, int at, byte[] address, long id, int payloadBytes);

    /**
     * Writes the rest of a publish after the payload.
     *
     * @return where it ends
     */
    int tail(byte[] out, int at);

    /** How many bytes a publish has at most beyond its address and its payload. */
    int overheadBytes();

    /** Speaks on one connection, on its loop. */
    Conversation converse(Line line, Role role);

    /**
     * What a connection is for.
     *
     * @param listensTo the address whose messages come here, as {@link #address} writes it; empty for one that only publishes
     * @param isTopic whether the server has to be asked for them
     * @param payloadBytes of each message
     */
    record Role(String listensTo, boolean isTopic, int payloadBytes) {

        boolean isReceiver() {
            return !listensTo.isEmpty();
        }
    }

    /** One connection's side of the dialect. All calls are on the connection's loop. */
    interface Conversation {

        /** The upgrade has been accepted. */
        void onOpen();

        /** A whole message of the server; the bytes are valid within the call. */
        void onFrame(byte[] bytes, int from, int to);
    }

    /** What a conversation tells and sends. */
    interface Line {

        /** Sends a frame; the bytes are copied. */
        void send(byte[] frame);

        /** Whatever it listens to will come from now on. Told once. */
        void onReady();

        /**
         * A message with its payload.
         *
         * @param isAddressedHere whether the server says that it is for the address of this connection
         */
        void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere);

        /** A message in whose frame no payload can be found. */
        void onGarbled();

        /** A receipt, valid within the call. */
        void onReceipt(Receipt receipt);

        /** Something that does not belong here, such as an error. */
        void onStrange(String what);
    }

    /** What became of one publish. Mutable, to be filled anew for each. */
    final class Receipt {

        long id;
        String outcome = "";
        int matched;
        int delivered;
        int queued;
        int refused;
        /** Of the refused, those who may have got it all the same. */
        int uncertain;

        /** Whether every receiver is accounted for. */
        boolean addsUp() {
            return matched == delivered + queued + refused;
        }
    }
}
