package io.wsrouter.simulation;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import java.util.List;

/** What a kind of token allows, as plain text, which {@link #covers} judges and no code of the product. */
record Profile(List<String> publish, List<String> subscribe, Grants grants) {

    static final List<Profile> ALL = List.of(
            of(List.of("*"), List.of("*")),
            of(List.of("user:*", "topic:chat"), List.of("topic:chat.*")),
            of(List.of("user:ann*", "topic:chat.*"), List.of("topic:chat", "topic:news", "user:bob")),
            of(List.of("topic:*"), List.of("topic:chat.1", "topic:ops")),
            of(List.of("user:ann_*", "topic:chat.1"), List.of("topic:*")),
            of(List.of(), List.of()));

    private static Profile of(List<String> publish, List<String> subscribe) {
        return new Profile(publish, subscribe, new Grants(patterns(publish), patterns(subscribe), false));
    }

    /** Whether {@code user} may send to an address that belongs to {@code owner}; to a topic when that is null. */
    boolean mayPublish(String user, String owner, String address) {
        return owner == null ? covers(publish, address) : owner.equals(user) || covers(publish, "user:" + owner);
    }

    boolean maySubscribe(String topic) {
        return topic.startsWith("topic:") && covers(subscribe, topic);
    }

    private static boolean covers(List<String> grants, String address) {
        for (String grant : grants) {
            boolean isPrefix = grant.endsWith("*");
            String fixed = isPrefix ? grant.substring(0, grant.length() - 1) : grant;
            if (isPrefix ? address.startsWith(fixed) && address.length() > fixed.length() : address.equals(fixed)) {
                return true;
            }
        }
        return false;
    }

    private static List<AddressPattern> patterns(List<String> grants) {
        return grants.stream().map(AddressPattern::parse).toList();
    }
}
