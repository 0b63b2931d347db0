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
     * Send {@code data} to an address. {@code event} and {@code data} may be views of what was received: a connection's
     * command is valid during the call that hands it over.
     *
     * @param event the opaque name of the event as the JSON string that was received, quotes included, or null
     * @param data the opaque payload as the JSON text that was received, or null
     * @param claimedOwner whom the publisher believes {@code to} belongs to, or null when it did not say
     */
    record Publish(
            @Nullable String id,
            Address to,
            @Nullable RawJson event,
            @Nullable RawJson data,
            Priority priority,
            @Nullable String claimedOwner)
            implements Command {}

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
