package io.wsrouter.connection;

import io.wsrouter.auth.Principal;
import org.jspecify.annotations.Nullable;

/** Who asks for something, and from where: an open connection, or somebody who has none. */
public interface Requester {

    /** Who the verified token says it is. */
    Principal principal();

    /** The IP address that it came from, for the security log; null where it is not known. */
    @Nullable
    String ip();

    /** Somebody without a connection. */
    static Requester of(Principal principal, @Nullable String ip) {
        return new Requester() {
            @Override
            public Principal principal() {
                return principal;
            }

            @Override
            public @Nullable String ip() {
                return ip;
            }
        };
    }
}
