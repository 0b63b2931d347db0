package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import java.util.List;
import java.util.stream.Stream;

/** Who connects to a router under test: principals, as a verified token would have made them. */
public final class Principals {

    private static final long NEVER = 99_999_999_999L;

    private Principals() {}

    /** One who may publish and subscribe everywhere. */
    public static Principal everything(String user) {
        return granted(user, List.of("*"), List.of("*"));
    }

    /** One who may do nothing but send to himself. */
    public static Principal nothing(String user) {
        return granted(user, List.of(), List.of());
    }

    /** One with these grants. */
    public static Principal granted(String user, List<String> publish, List<String> subscribe) {
        return new Principal(Address.user(user), new Grants(patterns(publish), patterns(subscribe), false), NEVER);
    }

    /** One who may do everything until the token ends. */
    public static Principal until(String user, long expiresAtEpochSeconds) {
        return new Principal(
                Address.user(user),
                new Grants(patterns(List.of("*")), patterns(List.of("*")), false),
                expiresAtEpochSeconds);
    }

    private static List<AddressPattern> patterns(List<String> grants) {
        Stream<AddressPattern> patterns = grants.stream().map(AddressPattern::parse);
        return patterns.toList();
    }
}
