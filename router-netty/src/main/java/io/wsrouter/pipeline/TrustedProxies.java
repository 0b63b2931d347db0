package io.wsrouter.pipeline;

import io.wsrouter.config.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose word on a client's address counts.
 *
 * <p>{@code X-Forwarded-For} is read from right to left: each trusted hop names the one before it. The first that is not
 * trusted is the client, and what stands left of it is its own claim, which nobody reads. What is not an address ends the
 * walk, too: then the hop that wrote it counts as the client.
 */
record TrustedProxies(List<IpNetwork> networks) {

    /** More hops than any sane path has; the walk ends there. */
    private static final int MOST_HOPS = 32;

    boolean contains(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** The client that speaks through {@code peer}, by the {@code X-Forwarded-For} headers in their order. */
    InetAddress clientBehind(InetAddress peer, List<String> forwardedFor) {
        String hops = String.join(",", forwardedFor);
        InetAddress client = peer;
        int end = hops.length();
        for (int hop = 0; hop < MOST_HOPS && end > 0 && contains(client); hop++) {
            int comma = hops.lastIndexOf(',', end - 1);
            InetAddress before = addressOf(hops.substring(comma + 1, end).trim());
            if (before == null) {
                return client;
            }
            client = before;
            end = comma;
        }
        return client;
    }

    /** The address in {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]} with or without port. */
    private static @Nullable InetAddress addressOf(String hop) {
        int bracket = hop.lastIndexOf(']');
        if (hop.startsWith("[") && bracket > 0) {
            return isPortOrNothing(hop.substring(bracket + 1))
                    ? IpNetwork.parseAddress(hop.substring(1, bracket))
                    : null;
        }
        int colon = hop.indexOf(':');
        boolean hasPort = colon >= 0 && colon == hop.lastIndexOf(':');
        if (hasPort && !isPortOrNothing(hop.substring(colon))) {
            return null;
        }
        return IpNetwork.parseAddress(hasPort ? hop.substring(0, colon) : hop);
    }

    private static boolean isPortOrNothing(String text) {
        return text.matches("(:[0-9]{1,5})?");
    }
}
