package io.wsrouter.auth;

import io.wsrouter.address.Address;

/**
 * Who a verified token says a client is, and what it may do until the token expires. Immutable, any thread.
 *
 * @param user the {@code user:} address of the token's {@code sub}
 * @param grants what is allowed beyond the user's own address
 * @param expiresAtEpochSeconds the token's {@code exp}; clock skew may have it lie up to 30 s in the past
 */
public record Principal(Address user, Grants grants, long expiresAtEpochSeconds) {

    /**
     * Checks the kind of {@code user}.
     *
     * @throws IllegalArgumentException when it is not a {@code user:} address
     */
    public Principal {
        if (user.kind() != Address.Kind.USER) {
            throw new IllegalArgumentException(user + " (expected a user: address)");
        }
    }

    /**
     * Whether messages may be sent to {@code to}.
     *
     * <p>One's own user address and one's own connections are always allowed, by equality with {@link #user()}, never by a
     * pattern. Anything else needs a grant; a connection is judged as the {@code user:} address of its owner.
     */
    public boolean mayPublish(Address to) {
        return switch (to.kind()) {
            case USER -> to.equals(user) || grants.coverPublishTo(to);
            case CONNECTION -> mayPublish(to.owner());
            case TOPIC -> grants.coverPublishTo(to);
        };
    }

    /** Whether {@code topic} may be subscribed to: topics only, and only by grant. */
    public boolean maySubscribe(Address topic) {
        return topic.kind() == Address.Kind.TOPIC && grants.coverSubscribeTo(topic);
    }

    /** Whether the internal port's administration is allowed. */
    public boolean isAdmin() {
        return grants.admin();
    }
}
