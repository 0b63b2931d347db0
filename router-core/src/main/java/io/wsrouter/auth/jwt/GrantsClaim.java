package io.wsrouter.auth.jwt;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Grants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code router} claim: {@code {"publish": [...], "subscribe": [...], "admin": true}}, every member optional and no other
 * allowed.
 */
final class GrantsClaim {

    static final String NAME = "router";

    private static final String PUBLISH = "publish";
    private static final String SUBSCRIBE = "subscribe";
    private static final String ADMIN = "admin";
    private static final Set<String> MEMBERS = Set.of(PUBLISH, SUBSCRIBE, ADMIN);

    private GrantsClaim() {}

    /** Reads the value of the claim; anything mistyped is {@link AuthFailure#GRANTS_INVALID}. */
    static Grants read(@Nullable Object claim) {
        try {
            return parse(claim);
        } catch (IllegalArgumentException e) {
            throw new AuthenticationException(AuthFailure.GRANTS_INVALID);
        }
    }

    /** Which member or entry is mistyped, and what was expected; null when none is. */
    static @Nullable String problem(@Nullable Object claim) {
        try {
            parse(claim);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private static Grants parse(@Nullable Object claim) {
        if (!(claim instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("router is no object");
        }
        for (Object name : members.keySet()) {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("router has a member " + name);
            }
        }
        return new Grants(readPatterns(members, PUBLISH), readPatterns(members, SUBSCRIBE), readAdmin(members));
    }

    static Map<String, Object> write(Grants grants) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (!grants.publish().isEmpty()) {
            members.put(PUBLISH, writePatterns(grants.publish()));
        }
        if (!grants.subscribe().isEmpty()) {
            members.put(SUBSCRIBE, writePatterns(grants.subscribe()));
        }
        if (grants.admin()) {
            members.put(ADMIN, true);
        }
        return members;
    }

    private static List<AddressPattern> readPatterns(Map<?, ?> members, String name) {
        if (!members.containsKey(name)) {
            return List.of();
        }
        if (!(members.get(name) instanceof List<?> grants)) {
            throw new IllegalArgumentException("router." + name + " is no list");
        }
        if (grants.size() > Grants.MAX_PATTERNS) {
            throw new IllegalArgumentException("router." + name + " has " + grants.size() + " entries");
        }
        List<AddressPattern> patterns = new ArrayList<>();
        for (Object grant : grants) {
            patterns.add(readPattern("router." + name + '[' + patterns.size() + ']', grant));
        }
        return patterns;
    }

    private static AddressPattern readPattern(String place, @Nullable Object grant) {
        if (!(grant instanceof String text)) {
            throw new IllegalArgumentException(place + " is no string");
        }
        try {
            return AddressPattern.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static boolean readAdmin(Map<?, ?> members) {
        if (!members.containsKey(ADMIN)) {
            return false;
        }
        if (members.get(ADMIN) instanceof Boolean admin) {
            return admin;
        }
        throw new IllegalArgumentException("router.admin is neither true nor false");
    }

    private static List<String> writePatterns(List<AddressPattern> patterns) {
        return patterns.stream().map(AddressPattern::toString).toList();
    }
}
