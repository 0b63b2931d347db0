package io.wsrouter.auth;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import java.util.List;

/**
 * What a token allows beyond its user's own address. Immutable, any thread.
 *
 * @param publish where messages may be sent to; at most {@value #MAX_PATTERNS}
 * @param subscribe what may be subscribed to, where only topics count; at most {@value #MAX_PATTERNS}
 * @param admin whether the internal port's administration is allowed
 */
public record Grants(List<AddressPattern> publish, List<AddressPattern> subscribe, boolean admin) {

    /** The largest number of patterns in each list. */
    public static final int MAX_PATTERNS = 100;

    /** Nothing beyond the user's own address. */
    public static final Grants NONE = new Grants(List.of(), List.of(), false);

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException when one is longer than {@value #MAX_PATTERNS}
     */
    public Grants {
        requireBounded("publish", publish);
        requireBounded("subscribe", subscribe);
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
    }

    boolean coverPublishTo(Address address) {
        return anyMatches(publish, address);
    }

    boolean coverSubscribeTo(Address address) {
        return anyMatches(subscribe, address);
    }

    private static boolean anyMatches(List<AddressPattern> patterns, Address address) {
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(address)) {
                return true;
            }
        }
        return false;
    }

    private static void requireBounded(String name, List<AddressPattern> patterns) {
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException(
                    name + " grants: " + patterns.size() + " (expected at most " + MAX_PATTERNS + ")");
        }
    }
}
