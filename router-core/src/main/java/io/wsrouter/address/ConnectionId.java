package io.wsrouter.address;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The id of one connection: {@code ws_<user>_<epoch seconds>_<8 lower-case hex digits>}, for example
 * {@code ws_alice_1757375098_6ead719c}.
 *
 * <p>The whole user id is inside and may itself contain {@code _}, so the text is read from the right. An id names a
 * connection and finds its home shard; it is not a secret and grants nothing. Immutable, any thread.
 */
public final class ConnectionId {

    private static final String PREFIX = "ws_";
    private static final int SUFFIX_DIGITS = 8;
    private static final int MAX_SECONDS_DIGITS = 12;
    private static final HexFormat LOWER_HEX = HexFormat.of();

    private final Address user;
    private final long epochSeconds;
    private final int suffix;

    private ConnectionId(Address user, long epochSeconds, int suffix) {
        this.user = user;
        this.epochSeconds = epochSeconds;
        this.suffix = suffix;
    }

    /**
     * Composes an id. Only the generator of a shard mints new ones.
     *
     * @param user a {@code user:} address
     * @param epochSeconds the second of registration, 0 to 999,999,999,999
     * @param suffix any 32 bits
     */
    public static ConnectionId of(Address user, long epochSeconds, int suffix) {
        if (user.kind() != Address.Kind.USER) {
            throw new IllegalArgumentException(user + " (expected a user)");
        }
        if (epochSeconds < 0 || epochSeconds > 999_999_999_999L) {
            throw new IllegalArgumentException("epochSeconds " + epochSeconds + " (expected 0 to 999999999999)");
        }
        return new ConnectionId(user, epochSeconds, suffix);
    }

    /**
     * Reads the canonical text of an id.
     *
     * @throws IllegalArgumentException when the text is not canonical
     */
    public static ConnectionId parse(String text) {
        int suffixStart = text.length() - SUFFIX_DIGITS;
        int secondsEnd = suffixStart - 1;
        int secondsStart = text.lastIndexOf('_', secondsEnd - 1) + 1;
        int userEnd = secondsStart - 1;
        if (userEnd <= PREFIX.length()
                || !text.startsWith(PREFIX)
                || text.charAt(secondsEnd) != '_'
                || !isLowerHex(text, suffixStart)
                || !isCanonicalSeconds(text, secondsStart, secondsEnd)) {
            throw malformed(text);
        }
        String userId = text.substring(PREFIX.length(), userEnd);
        if (!Names.isUserId(userId)) {
            throw malformed(text);
        }
        return new ConnectionId(
                Address.user(userId),
                Long.parseLong(text, secondsStart, secondsEnd, 10),
                Integer.parseUnsignedInt(text, suffixStart, text.length(), 16));
    }

    /** The {@code user:} address of the connection's owner. */
    public Address user() {
        return user;
    }

    /** The second of registration, since the epoch, by the wall clock of the node. */
    public long epochSeconds() {
        return epochSeconds;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConnectionId that
                && suffix == that.suffix
                && epochSeconds == that.epochSeconds
                && user.equals(that.user);
    }

    /** Keyed by the user's hash. One user's ids differ by a bijection of a counter that no client can choose. */
    @Override
    public int hashCode() {
        return (user.hashCode() * 31 + suffix) * 31 + Long.hashCode(epochSeconds);
    }

    /** The canonical text. */
    @Override
    public String toString() {
        return PREFIX + user.name() + '_' + epochSeconds + '_' + LOWER_HEX.toHexDigits(suffix);
    }

    private static boolean isLowerHex(String text, int start) {
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCanonicalSeconds(String text, int start, int end) {
        int digits = end - start;
        if (digits < 1 || digits > MAX_SECONDS_DIGITS || (digits > 1 && text.charAt(start) == '0')) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("connection id \"" + Names.printable(text)
                + "\" (expected ws_<user>_<epoch seconds>_<8 lower-case hex digits>)");
    }
}
