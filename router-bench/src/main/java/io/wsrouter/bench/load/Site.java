package io.wsrouter.bench.load;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.time.Duration;
import java.util.List;

/**
 * What all groups of a process have in common.
 *
 * @param host the number of the host, which shares a clock with all processes of the same number
 * @param hasOnePublishingUser whether all publishers are one user
 */
record Site(
        Dialect dialect,
        ServerAddress server,
        TokenMinter minter,
        Layout layout,
        int host,
        Connector connector,
        boolean hasOnePublishingUser) {

    private static final Duration TOKEN_TTL = Duration.ofHours(26);

    LoadConnection connection(LoadLoop loop, String token, Dialect.Role role, LoadConnection.Owner owner) {
        return new LoadConnection(loop, dialect, server, token, role, owner);
    }

    /** A token of the publisher with a number. */
    String publisherToken(int number) {
        return token(layout.publisher(hasOnePublishingUser ? 0 : number));
    }

    /** A token that may publish to all of the run and subscribe to its topics. */
    String token(String user) {
        Grants grants = new Grants(
                List.of(AddressPattern.parse(layout.usersPattern()), AddressPattern.parse(layout.topicsPattern())),
                List.of(AddressPattern.parse(layout.topicsPattern())),
                false);
        return minter.mint(user, TOKEN_TTL, grants);
    }
}
