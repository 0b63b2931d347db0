package io.wsrouter.config;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One IP address or a network of them, such as {@code 10.0.0.0/8} or {@code fd00::/8}. An IPv4 address written as IPv6
 * ({@code ::ffff:10.0.0.1}) is that IPv4 address.
 *
 * @param address the first address
 * @param prefixBits how many bits of it all addresses of the network share
 */
public record IpNetwork(InetAddress address, int prefixBits) {

    /**
     * Reads an address, or an address and a prefix; no names are resolved.
     *
     * @throws IllegalArgumentException when it is neither, or has bits beyond its prefix
     */
    public static IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(text + " is not an IP address");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        int prefixBits = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        IpNetwork network = new IpNetwork(address, prefixBits);
        if (prefixBits < 0 || prefixBits > bits || network.hasBitsBeyondPrefix()) {
            throw new IllegalArgumentException(text + " has bits beyond its prefix");
        }
        return network;
    }

    /** The address that the text writes in digits, or null when it is none. A zone ({@code %eth0}) makes it none. */
    public static @Nullable InetAddress parseAddress(String text) {
        byte[] bytes = text.indexOf('%') < 0 ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** Whether {@code other} is in it. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] its = other.getAddress();
        int shift = mine.length * Byte.SIZE - prefixBits;
        return mine.length == its.length
                && new BigInteger(1, mine)
                                .xor(new BigInteger(1, its))
                                .shiftRight(shift)
                                .signum()
                        == 0;
    }

    private boolean hasBitsBeyondPrefix() {
        byte[] bytes = address.getAddress();
        int beyond = bytes.length * Byte.SIZE - prefixBits;
        return beyond > 0
                && new BigInteger(1, bytes).getLowestSetBit() >= 0
                && new BigInteger(1, bytes).getLowestSetBit() < beyond;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + '/' + prefixBits;
    }
}
