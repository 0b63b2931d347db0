package io.wsrouter.metrics;

import java.util.Locale;

/** Everything that a shard counts: the name, the unit and one sentence each. */
public enum Metric {
    /** Sockets accepted on the public port. */
    SOCKETS_ACCEPTED(
            "sockets",
            "Sockets accepted on the public port; each becomes a connection or ends in one of the handshakes_ counts."),
    /** Tokens of handshakes that were judged. */
    HANDSHAKE_TOKENS_JUDGED("tokens", "Tokens of handshakes that were verified, whatever came of it."),
    /** Handshakes that asked for no WebSocket. */
    HANDSHAKES_PROBED("requests", "Requests answered without a WebSocket because they asked for none: pages, probes."),
    /** Handshakes with a bad head. */
    HANDSHAKES_MALFORMED("handshakes", "Handshakes refused for their head, path, method or bytes that came too early."),
    /** Handshakes with a bad token. */
    HANDSHAKES_UNAUTHENTICATED("handshakes", "Handshakes refused for their token (401)."),
    /** Handshakes of a foreign page. */
    HANDSHAKES_FOREIGN_ORIGIN("handshakes", "Handshakes refused because pages of their origin may not connect (403)."),
    /** Handshakes whose TLS failed. */
    HANDSHAKES_TLS_FAILED("handshakes", "Sockets closed because their TLS handshake failed."),
    /** Handshakes that took too long. */
    HANDSHAKES_TIMED_OUT("handshakes", "Sockets closed at limits.handshake-timeout."),
    /** Handshakes whose peer left. */
    HANDSHAKES_ABANDONED("handshakes", "Sockets that their peer closed before the handshake was over."),
    /** Handshakes that had to make room. */
    HANDSHAKES_DISPLACED("handshakes", "Sockets closed for newer ones because of limits.pending-handshakes."),
    /** Handshakes without room. */
    HANDSHAKES_PENDING_FULL("handshakes", "Handshakes refused because of limits.pending-handshakes."),
    /** Handshakes of an address with too many failures. */
    HANDSHAKES_IP_RATE_LIMITED(
            "handshakes", "Handshakes refused because of limits.failed-handshakes-per-second-per-ip."),
    /** Handshakes of an address with too many connections. */
    HANDSHAKES_IP_FULL("handshakes", "Handshakes refused because of limits.connections-per-ip."),
    /** Handshakes of a user with too many connections. */
    HANDSHAKES_USER_FULL("handshakes", "Handshakes refused because of limits.connections-per-user."),
    /** Handshakes on a full node. */
    HANDSHAKES_NODE_FULL("handshakes", "Handshakes refused because of limits.connections."),
    /** Handshakes above the node's rate. */
    HANDSHAKES_RATE_LIMITED("handshakes", "Handshakes refused because of limits.handshakes-per-second."),
    /** Handshakes refused for the node's level. */
    HANDSHAKES_SHED("handshakes", "Handshakes refused because the node's level was severe or critical (503)."),
    /** Handshakes that could not be verified now. */
    HANDSHAKES_BUSY("handshakes", "Handshakes refused because too many tokens were being verified."),
    /** Handshakes that no key was there for. */
    HANDSHAKES_KEYS_UNAVAILABLE(
            "handshakes",
            "Handshakes refused because no key fits the token and newer ones could not be fetched (503)."),
    /** Handshakes during shutdown. */
    HANDSHAKES_DRAINED("handshakes", "Handshakes refused because the node was shutting down."),
    /** Handshakes that met a fault. */
    HANDSHAKES_FAULTED("handshakes", "Handshakes refused because of a fault of the router."),
    /** Connections registered. */
    CONNECTIONS_OPENED("connections", "Connections registered since start."),
    /** Connections taken out of the tables. */
    CONNECTIONS_CLOSED("connections", "Connections taken out of the routing tables since start."),
    /** Requests to the internal port with a bad token. */
    INTERNAL_UNAUTHENTICATED("requests", "Requests to the internal port refused for their token (401, 503)."),
    /** Requests to the internal port without the grant. */
    INTERNAL_DENIED("requests", "Requests to the internal port refused for lack of the admin grant (403)."),
    /** Publishes judged. */
    PUBLISHED("publishes", "Publishes received from clients and back ends, refused ones included."),
    /** Publishes refused before reaching a receiver. */
    PUBLISHES_REFUSED("publishes", "Publishes refused before they reached any receiver, for whatever reason."),
    /** Publishes that waited for credit. */
    PUBLISHES_PARKED("publishes", "Publishes that waited because too much was on its way between two loops."),
    /** What was refused for want of credit. */
    CREDITS_REFUSED(
            "messages",
            "Publishes, and messages of topics to receivers, refused because too much was on its way between two loops."),
    /** Connections that were not read for a while. */
    READS_PAUSED("pauses", "Times that a connection was not read because its publishes waited for others to arrive."),
    /** Publishes of low priority refused for the node's level. */
    LOW_SHED("publishes", "Publishes of low priority refused because the node's level was elevated or higher."),
    /** Publishes of normal priority refused for the node's level. */
    NORMAL_SHED("publishes", "Publishes of normal priority refused because the node's level was critical."),
    /** Changes of the node's level. */
    LEVEL_CHANGES("changes", "Changes of the node's level, up and down."),
    /** Receivers that addresses resolved to. */
    MATCHED("messages", "Receivers that the addresses of publishes resolved to."),
    /** Messages whose last byte the kernel took. */
    DELIVERED("messages", "Messages whose every byte the receiver's kernel socket took."),
    /** Messages that a receiver did not get. */
    REFUSED("messages", "Messages that a matched receiver did not get."),
    /** Attempts after the first. */
    RETRIED("attempts", "Attempts to write a message with a time to live after one that was refused."),
    /** Messages that were delivered because they were tried again. */
    RETRY_RECOVERED(
            "messages",
            "Messages with a time to live that were delivered after a refusal, or to a user who came meanwhile."),
    /** Messages whose time was over. */
    EXPIRED(
            "messages",
            "Messages whose time to live passed before a receiver could take them, absent users among them."),
    /** Receivers that are left alone. */
    BREAKERS_OPENED("breakers", "Times that a receiver was left alone because it had failed several times in a row."),
    /** Receivers that are not left alone any more. */
    BREAKERS_CLOSED("breakers", "Times that a receiver which was left alone took a message again, or was closed."),
    /** Messages of the class low that slow receivers did not get. */
    DROPPED_LOW("messages", "Messages of the class low that a receiver did not get because it reads too slowly."),
    /** Messages of the class normal that slow receivers did not get. */
    DROPPED_NORMAL("messages", "Messages of the class normal that a receiver did not get because it reads too slowly."),
    /** Messages of the class high that slow receivers did not get. */
    DROPPED_HIGH("messages", "Messages of the class high that a receiver did not get because it reads too slowly."),
    /** Messages of the class critical that slow receivers did not get. */
    DROPPED_CRITICAL(
            "messages", "Messages of the class critical that a receiver did not get because it reads too slowly."),
    /** Messages dropped for newer ones. */
    SUPERSEDED("messages", "Dropped messages that went for a newer one of their class or event."),
    /** Queues that the node's budget made shrink. */
    QUEUES_SHED("queues", "Times that the largest queue of the node had to shrink because of limits.queued-bytes."),
    /** Bytes handed to the kernel. */
    SENT_BYTES("bytes", "Bytes of WebSocket frames that kernel sockets took."),
    /** Subscriptions made. */
    SUBSCRIBED("subscriptions", "Subscriptions made since start."),
    /** New tokens on open connections. */
    REFRESHED("tokens", "New tokens that open connections went on with."),
    /** New tokens on open connections that were refused. */
    REFRESHES_REFUSED("tokens", "New tokens on open connections that were refused; the old ones went on."),
    /** Commands that were not valid. */
    BAD_REQUESTS("commands", "Commands that were not valid."),
    /** Actions refused for lack of a grant. */
    DENIED("commands", "Publishes and subscriptions refused for lack of a grant."),
    /** Claims of somebody else's identity or address. */
    OWNER_MISMATCHES("commands", "Commands that claimed somebody else's identity or address."),
    /** Writes refused by the second barrier. */
    MISDELIVERY_REFUSED("messages", "Messages stopped at the write because the receiver was not the one addressed."),
    /** Disagreements of the routing tables. */
    ROUTING_DRIFT("findings", "Disagreements of the routing tables that the audit has found: faults of the router."),
    /** Registrations of an id that another connection holds. */
    DUPLICATE_IDS("connections", "Registrations refused because another connection holds the id."),
    /** Receipts whose publisher had gone. */
    RECEIPTS_DROPPED("receipts", "Receipts dropped because their publisher had closed."),
    /** Batches handed to other shards. */
    HOP_BATCHES("batches", "Batches of work handed to other shards."),
    /** Work handed to other shards. */
    HOPS("hops", "Pieces of work handed to other shards."),
    /** Work that came too late. */
    HOPS_LOST("hops", "Pieces of work for a shard that had already shut down."),
    /** Faults of the router itself. */
    BUGS("exceptions", "Unexpected exceptions: faults of the router itself.");

    private final String unit;
    private final String sentence;
    private final String word = name().toLowerCase(Locale.ROOT);

    Metric(String unit, String sentence) {
        this.unit = unit;
        this.sentence = sentence;
    }

    /** The stable word of the metric, for example {@code misdelivery_refused}. */
    public String word() {
        return word;
    }

    /** What one of it is. */
    public String unit() {
        return unit;
    }

    /** What it means, in one sentence. */
    public String sentence() {
        return sentence;
    }
}
