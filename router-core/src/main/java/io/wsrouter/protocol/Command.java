package io.wsrouter.protocol;

import io.wsrouter.address.Address;
import org.jspecify.annotations.Nullable;

/**
 * One command of a client, read and judged for its form.
 *
 * <p>{@code id} is the client's own name for the command, echoed in the answer; without one, success is not answered.
 */
public sealed interface Command {

    /** The longest id of a command, in characters. */
    int MAX_ID_LENGTH = 128;

    /** The client's name for this command, or null. */
    @Nullable
    String id();

    /**
     * Send {@code data} to an address. A reader may use one publish again and again, with views of what was received: then it
     * is valid during the call that hands it over, and who keeps it longer takes what {@link #kept} returns.
     */
    final class Publish implements Command {

        /** The time to live of a publish that is tried once. */
        public static final int NO_TTL = 0;

        /** The longest time to live, in milliseconds. */
        public static final int MOST_TTL_MS = 300_000;

        private @Nullable RawJson id;
        private Address to;
        private @Nullable RawJson event;
        private @Nullable RawJson data;
        private Priority priority;
        private @Nullable String claimedOwner;
        private int ttlMs;
        private boolean isBorrowed;

        /**
         * A publish.
         *
         * @param event the opaque name of the event as the JSON string that was received, quotes included, or null
         * @param data the opaque payload as the JSON text that was received, or null
         * @param claimedOwner whom the publisher believes {@code to} belongs to, or null when it did not say
         */
        public Publish(
                @Nullable String id,
                Address to,
                @Nullable RawJson event,
                @Nullable RawJson data,
                Priority priority,
                @Nullable String claimedOwner) {
            this(id, to, event, data, priority, claimedOwner, NO_TTL);
        }

        /**
         * A publish that is worth trying again for a while.
         *
         * @param ttlMs how long it may be delivered, from when it is accepted; 1 to {@link #MOST_TTL_MS}, or {@link #NO_TTL}
         */
        public Publish(
                @Nullable String id,
                Address to,
                @Nullable RawJson event,
                @Nullable RawJson data,
                Priority priority,
                @Nullable String claimedOwner,
                int ttlMs) {
            this(priority, id == null ? null : RawJson.ofText(id), to, event, data, claimedOwner, ttlMs);
        }

        private Publish(
                Priority priority,
                @Nullable RawJson id,
                Address to,
                @Nullable RawJson event,
                @Nullable RawJson data,
                @Nullable String claimedOwner,
                int ttlMs) {
            this.id = id;
            this.to = to;
            this.event = event;
            this.data = data;
            this.priority = priority;
            this.claimedOwner = claimedOwner;
            this.ttlMs = ttlMs;
        }

        /** Becomes another publish: for a reader that uses it again. {@code newId} is the JSON string that was received. */
        public void become(
                @Nullable RawJson newId,
                Address newTo,
                @Nullable RawJson newEvent,
                @Nullable RawJson newData,
                Priority newPriority,
                @Nullable String newClaimedOwner,
                int newTtlMs) {
            id = newId;
            to = newTo;
            event = newEvent;
            data = newData;
            priority = newPriority;
            claimedOwner = newClaimedOwner;
            ttlMs = newTtlMs;
            isBorrowed = true;
        }

        /** The same publish for good: itself, or when a reader uses it again, a copy with bytes of its own. */
        public Publish kept() {
            return !isBorrowed
                    ? this
                    : new Publish(priority, kept(id), to, kept(event), kept(data), claimedOwner, ttlMs);
        }

        private static @Nullable RawJson kept(@Nullable RawJson view) {
            return view == null ? null : view.kept();
        }

        @Override
        public @Nullable String id() {
            return id == null ? null : id.text();
        }

        /** The id as the JSON string that was received, quotes included, or null. */
        public @Nullable RawJson rawId() {
            return id;
        }

        /** Where it is to go. */
        public Address to() {
            return to;
        }

        /** The opaque name of the event as the JSON string that was received, or null. */
        public @Nullable RawJson event() {
            return event;
        }

        /** The opaque payload as the JSON text that was received, or null. */
        public @Nullable RawJson data() {
            return data;
        }

        /** Its class. */
        public Priority priority() {
            return priority;
        }

        /** Whom the publisher believes {@link #to} belongs to, or null when it did not say. */
        public @Nullable String claimedOwner() {
            return claimedOwner;
        }

        /** How long it may be delivered, in milliseconds, or {@link #NO_TTL} when it is tried once. */
        public int ttlMs() {
            return ttlMs;
        }

        /** Says where it is to go; the payload may be private. */
        @Override
        public String toString() {
            return "Publish[to=" + to + ", priority=" + priority + ", event=" + event + ", data=" + data + "]";
        }
    }

    /** A well-formed publish that could be refused while it was read, for example to a malformed connection id. */
    record RefusedPublish(@Nullable String id, Outcome outcome) implements Command {}

    /** Receive what is sent to a topic. */
    record Subscribe(@Nullable String id, Address to) implements Command {}

    /** Stop receiving what is sent to a topic. */
    record Unsubscribe(@Nullable String id, Address to) implements Command {}

    /** Go on with a new token of the same user. The token never appears in {@link #toString()}. */
    record Refresh(@Nullable String id, String token) implements Command {

        @Override
        public String toString() {
            return "Refresh[id=" + id + ", token hidden]";
        }
    }

    /** Answer with a pong. */
    record Ping(@Nullable String id) implements Command {}

    /**
     * Something that could be refused while it was read.
     *
     * @param code {@link ErrorCode#BAD_REQUEST} when it is not a valid command
     * @param reason what is wrong, for the client's developer
     * @param claimsIdentity whether it carried a key by which clients try to say who they are
     */
    record Invalid(@Nullable String id, ErrorCode code, String reason, boolean claimsIdentity) implements Command {}
}
