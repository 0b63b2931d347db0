package io.wsrouter.bench.scenario;

import java.util.List;

/**
 * Somebody who publishes.
 *
 * @param user the id
 * @param grants what the token allows to publish to, beyond the user's own address
 */
record Sender(String user, List<String> grants) {

    /** What the documentation says, in as few words as it can be said. */
    boolean mayPublish(String to) {
        String owner = Attempt.ownerOf(to);
        String judged = owner == null ? to : "user:" + owner;
        return user.equals(owner) || grants.stream().anyMatch(grant -> covers(grant, judged));
    }

    private static boolean covers(String grant, String address) {
        return grant.endsWith("*")
                ? address.length() >= grant.length() && address.startsWith(grant.substring(0, grant.length() - 1))
                : address.equals(grant);
    }
}
