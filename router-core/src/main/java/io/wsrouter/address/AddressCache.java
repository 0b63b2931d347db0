package io.wsrouter.address;

import org.jspecify.annotations.Nullable;

/**
 * Reads addresses and keeps those that were read last, so that a text that comes again costs a hash and a comparison and
 * makes nothing ({@code RouteBenchmark}). Belongs to one loop.
 *
 * <p>Its size is fixed, and an address has one place in it, chosen by the keyed hash: who does not know the key cannot aim
 * at the place of another. What is pushed out is read anew; a hit is a text that was valid before, byte for byte.
 */
public final class AddressCache {

    private final @Nullable Address[] places;

    /**
     * An empty cache.
     *
     * @param size how many addresses it keeps at most, a power of two
     */
    public AddressCache(int size) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("size " + size + " (expected a power of two)");
        }
        places = new Address[size];
    }

    /**
     * Reads the text of an address, prefix included, from {@code length} bytes of UTF-8.
     *
     * @throws IllegalArgumentException as {@link Address#parse(String)} says
     */
    public Address parse(byte[] utf8, int offset, int length) {
        int end = offset + length;
        long hash = Address.hash(utf8, offset, end);
        int place = (int) hash & (places.length - 1);
        Address known = places[place];
        if (known != null && known.hasText(hash, utf8, offset, end)) {
            return known;
        }
        Address read = Address.parse(utf8, offset, length, hash);
        places[place] = read;
        return read;
    }
}
