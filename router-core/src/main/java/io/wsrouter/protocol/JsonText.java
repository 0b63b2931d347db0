package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import java.util.Arrays;

/** Builds one JSON text in UTF-8, or one after the other in the same bytes. Not thread-safe. */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private byte[] bytes;
    private int length;

    JsonText(int expectedLength) {
        bytes = new byte[expectedLength];
    }

    /** Appends JSON as it is. */
    JsonText raw(byte[] json) {
        return raw(json, json.length);
    }

    /** Appends another text as it is. */
    JsonText raw(JsonText json) {
        return raw(json.bytes, json.length);
    }

    private JsonText raw(byte[] json, int count) {
        ensure(count);
        System.arraycopy(json, 0, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends JSON in ASCII as it is. */
    JsonText raw(String ascii) {
        int characters = ascii.length();
        ensure(characters);
        for (int i = 0; i < characters; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Appends what was received as JSON. */
    JsonText raw(RawJson json) {
        ensure(json.lengthBytes());
        length = json.copyTo(bytes, length);
        return this;
    }

    /** Appends an address, which needs no escapes, between quotes. */
    JsonText address(Address address) {
        ensure(address.lengthBytes() + 2);
        bytes[length++] = '"';
        length = address.copyTo(bytes, length);
        bytes[length++] = '"';
        return this;
    }

    /** Appends a string between quotes, escaped where JSON asks for it (RFC 8259 section 7). */
    JsonText string(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        ensure(utf8.length * 6 + 2);
        bytes[length++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = b;
            } else if (b >= 0 && b < 0x20) {
                raw("\\u00");
                bytes[length++] = HEX[b >> 4];
                bytes[length++] = HEX[b & 15];
            } else {
                bytes[length++] = b;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    /** Appends a whole number. */
    JsonText number(long value) {
        if (value < 0) {
            return raw(Long.toString(value));
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        ensure(digits);
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Begins the next text, in the same bytes. */
    void clear() {
        length = 0;
    }

    /** The bytes that the text is built in; borrowed. */
    byte[] bytes() {
        return bytes;
    }

    /** The length of the text so far. */
    int length() {
        return length;
    }

    /** The text; the builder is done. */
    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void ensure(int additional) {
        if (length + additional > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + additional));
        }
    }
}
