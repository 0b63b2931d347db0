package io.wsrouter.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a message is sent to: {@code user:<id>}, {@code connection:<id>} or {@code topic:<name>}.
 *
 * <p>An address carries a keyed hash of its text, computed once, that finds its home shard and its place in a table. The
 * key is random per process (fix it with the system property {@code io.wsrouter.hash-seed}, a long, to replay a
 * simulation), so nobody outside can send many addresses to one shard or one bucket.
 *
 * <p>Immutable, any thread. Two addresses are equal when their texts are equal byte for byte.
 */
public final class Address {

    /** The kinds of address, each with the prefix of its text. */
    public enum Kind {
        /** Every connection of one user. */
        USER("user:"),
        /** One connection. */
        CONNECTION("connection:"),
        /** Every connection that has subscribed to a topic. */
        TOPIC("topic:");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /** The text that every address of this kind starts with, colon included. */
        public String prefix() {
            return prefix;
        }
    }

    private static final SipHash HASH = processHash();

    private final Kind kind;
    private final byte[] text;
    private final long hash;
    private final @Nullable ConnectionId connectionId;

    private Address(Kind kind, byte[] text, @Nullable ConnectionId connectionId) {
        this(kind, text, HASH.hash(text), connectionId);
    }

    private Address(Kind kind, byte[] text, long hash, @Nullable ConnectionId connectionId) {
        this.kind = kind;
        this.text = text;
        this.hash = hash;
        this.connectionId = connectionId;
    }

    /**
     * The address of every connection of {@code userId}.
     *
     * @param userId 1 to 128 bytes of UTF-8 without control characters, whitespace, {@code "}, {@code \}, {@code *} or
     *     {@code >}, and none of {@code null}, {@code None}, {@code undefined}
     * @throws IllegalArgumentException naming the id and what was expected
     */
    public static Address user(String userId) {
        Names.requireUserId(userId);
        return new Address(Kind.USER, (Kind.USER.prefix + userId).getBytes(UTF_8), null);
    }

    /**
     * The address of every subscriber of the topic {@code name}.
     *
     * @param name 1 to 200 of {@code [A-Za-z0-9._:/-]}
     * @throws IllegalArgumentException naming the topic and what was expected
     */
    public static Address topic(String name) {
        Names.requireTopicName(name);
        return new Address(Kind.TOPIC, (Kind.TOPIC.prefix + name).getBytes(UTF_8), null);
    }

    /** The address of one connection. */
    public static Address connection(ConnectionId id) {
        return new Address(Kind.CONNECTION, (Kind.CONNECTION.prefix + id).getBytes(UTF_8), id);
    }

    /**
     * Reads the text of an address, prefix included.
     *
     * @throws IllegalArgumentException when the prefix is unknown or the rest is not a valid name of its kind
     */
    public static Address parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.prefix)) {
                String name = text.substring(kind.prefix.length());
                return switch (kind) {
                    case USER -> user(name);
                    case CONNECTION -> connection(ConnectionId.parse(name));
                    case TOPIC -> topic(name);
                };
            }
        }
        throw new IllegalArgumentException(
                "address \"" + Names.printable(text) + "\" (expected user:<id>, connection:<id> or topic:<name>)");
    }

    /**
     * Reads the text of an address, prefix included, from {@code length} bytes of UTF-8.
     *
     * @throws IllegalArgumentException as {@link #parse(String)} says
     */
    public static Address parse(byte[] utf8, int offset, int length) {
        return parse(utf8, offset, length, HASH.hash(utf8, offset, offset + length));
    }

    /** The same, for who has the {@link #hash} of the text. */
    static Address parse(byte[] utf8, int offset, int length, long hash) {
        int end = offset + length;
        if (startsWith(Kind.USER, utf8, offset, end)) {
            if (Names.isAsciiUserId(utf8, offset + Kind.USER.prefix.length(), end)) {
                return new Address(Kind.USER, Arrays.copyOfRange(utf8, offset, end), hash, null);
            }
        } else if (startsWith(Kind.TOPIC, utf8, offset, end)) {
            if (Names.isTopicName(utf8, offset + Kind.TOPIC.prefix.length(), end)) {
                return new Address(Kind.TOPIC, Arrays.copyOfRange(utf8, offset, end), hash, null);
            }
        }
        return parse(new String(utf8, offset, length, UTF_8));
    }

    private static boolean startsWith(Kind kind, byte[] utf8, int offset, int end) {
        String prefix = kind.prefix;
        if (end - offset < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (utf8[offset + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** What this address names. */
    public Kind kind() {
        return kind;
    }

    /** The address without its prefix. */
    public String name() {
        int prefixLength = kind.prefix.length();
        return new String(text, prefixLength, text.length - prefixLength, UTF_8);
    }

    /**
     * The {@code user:} address that a user or connection address belongs to.
     *
     * @throws IllegalStateException for a topic, which belongs to nobody
     */
    public Address owner() {
        return switch (kind) {
            case USER -> this;
            case CONNECTION -> connectionId().user();
            case TOPIC -> throw new IllegalStateException(this + " has no owner (expected a user or connection)");
        };
    }

    /**
     * The id inside a connection address.
     *
     * @throws IllegalStateException for any other kind
     */
    public ConnectionId connectionId() {
        if (connectionId == null) {
            throw new IllegalStateException(this + " names no connection");
        }
        return connectionId;
    }

    /** The index, from 0 to {@code shards - 1}, of the one shard that owns this address. */
    public int homeShard(int shards) {
        long homeHash = connectionId == null ? hash : connectionId.user().hash;
        return (int) (((homeHash >>> 32) * shards) >>> 32);
    }

    /** The number of bytes of the text in UTF-8, prefix included. */
    public int lengthBytes() {
        return text.length;
    }

    /** Copies the text in UTF-8, prefix included, into {@code target} and returns the offset after it. */
    public int copyTo(byte[] target, int offset) {
        System.arraycopy(text, 0, target, offset, text.length);
        return offset + text.length;
    }

    /** The keyed hash of an address with this text. */
    static long hash(byte[] utf8, int from, int to) {
        return HASH.hash(utf8, from, to);
    }

    /** Whether this is its text, of which {@code textHash} is the hash. */
    boolean hasText(long textHash, byte[] utf8, int from, int to) {
        return hash == textHash && Arrays.equals(text, 0, text.length, utf8, from, to);
    }

    boolean startsWith(byte[] prefix) {
        return text.length > prefix.length && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
    }

    boolean hasText(byte[] candidate) {
        return Arrays.equals(text, candidate);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Address that && hash == that.hash && Arrays.equals(text, that.text));
    }

    /** The low half of the keyed hash; the home shard is chosen by the high half. */
    @Override
    public int hashCode() {
        return (int) hash;
    }

    /** The whole address, for example {@code user:alice}. */
    @Override
    public String toString() {
        return new String(text, UTF_8);
    }

    private static SipHash processHash() {
        Long seed = Long.getLong("io.wsrouter.hash-seed");
        SecureRandom random = new SecureRandom();
        return seed == null ? new SipHash(random.nextLong(), random.nextLong(), 1, 3) : new SipHash(seed, ~seed, 1, 3);
    }
}
