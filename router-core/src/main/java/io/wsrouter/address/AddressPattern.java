package io.wsrouter.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One grant: an exact address, or a prefix that ends in one {@code *}. The star matches any non-empty rest;
 * {@code *} alone matches every address.
 *
 * <p>The only matcher of the router. Patterns of {@code connection:} do not exist: a connection is judged by its owner.
 * Immutable, any thread.
 */
public final class AddressPattern {

    private final byte[] text;
    private final boolean isPrefix;

    private AddressPattern(String text, boolean isPrefix) {
        this.text = text.getBytes(UTF_8);
        this.isPrefix = isPrefix;
    }

    /**
     * Reads a grant such as {@code user:*}, {@code topic:chat.*}, {@code user:alice} or {@code *}.
     *
     * @throws IllegalArgumentException naming the grant and what was expected
     */
    public static AddressPattern parse(String grant) {
        if (grant.equals("*")) {
            return new AddressPattern("", true);
        }
        boolean isPrefix = grant.endsWith("*");
        String fixed = isPrefix ? grant.substring(0, grant.length() - 1) : grant;
        if (!isValid(fixed, isPrefix)) {
            throw new IllegalArgumentException("grant \"" + Names.printable(grant)
                    + "\" (expected user:<id>, topic:<name>, one of them ending in a single *, or * alone)");
        }
        return new AddressPattern(fixed, isPrefix);
    }

    /** Whether this grant covers a {@code user:} or {@code topic:} address. A connection is covered through its owner. */
    public boolean matches(Address address) {
        Address judged = address.kind() == Address.Kind.CONNECTION ? address.owner() : address;
        return isPrefix ? judged.startsWith(text) : judged.hasText(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressPattern that && isPrefix == that.isPrefix && Arrays.equals(text, that.text);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(text) + Boolean.hashCode(isPrefix);
    }

    /** The grant as it was written. */
    @Override
    public String toString() {
        return new String(text, UTF_8) + (isPrefix ? "*" : "");
    }

    private static boolean isValid(String fixed, boolean isPrefix) {
        if (fixed.startsWith(Address.Kind.USER.prefix())) {
            String id = fixed.substring(Address.Kind.USER.prefix().length());
            return isPrefix ? Names.isPartOfUserId(id) : Names.isUserId(id);
        }
        if (fixed.startsWith(Address.Kind.TOPIC.prefix())) {
            String name = fixed.substring(Address.Kind.TOPIC.prefix().length());
            return isPrefix ? Names.isPartOfTopicName(name) : Names.isTopicName(name);
        }
        return false;
    }
}
