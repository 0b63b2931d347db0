package io.wsrouter.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a number counts, and how it is written. */
enum Unit {
    COUNT("a whole number", "1", "2147483647"),
    BYTES("a size", "1B", "1GiB"),
    MICROSECONDS("a duration", "1ms", "24h");

    private static final Pattern NUMBER = Pattern.compile("(0|[1-9][0-9]{0,17})([A-Za-z]*)");
    private static final long UNKNOWN = 0;

    private final String noun;
    private final String min;
    private final String max;

    Unit(String noun, String min, String max) {
        this.noun = noun;
        this.min = min;
        this.max = max;
    }

    /** The number that the text writes, unless it is none or outside of the key's range. */
    OptionalLong parse(String text, Key key) {
        OptionalLong number = parse(text);
        boolean isInRange = number.isPresent()
                && number.getAsLong() >= parse(min(key)).orElseThrow()
                && number.getAsLong() <= parse(max(key)).orElseThrow();
        return isInRange ? number : OptionalLong.empty();
    }

    /** What the key accepts, with an example where a suffix is needed. */
    String expected(Key key) {
        String example = this == COUNT ? "" : " such as " + (key.value().isEmpty() ? min(key) : key.value()) + ",";
        return noun + example + " from " + min(key) + " to " + max(key);
    }

    private OptionalLong parse(String text) {
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        long factor = factor(matcher.group(2));
        boolean isKnown = factor != UNKNOWN && number <= Long.MAX_VALUE / factor;
        return isKnown ? OptionalLong.of(number * factor) : OptionalLong.empty();
    }

    private long factor(String suffix) {
        return switch (this) {
            case COUNT -> suffix.isEmpty() ? 1 : UNKNOWN;
            case BYTES ->
                switch (suffix) {
                    case "", "B" -> 1;
                    case "KiB" -> 1 << 10;
                    case "MiB" -> 1 << 20;
                    case "GiB" -> 1 << 30;
                    default -> UNKNOWN;
                };
            case MICROSECONDS ->
                switch (suffix) {
                    case "us" -> 1;
                    case "ms" -> 1000;
                    case "s" -> 1_000_000;
                    case "m" -> 60_000_000;
                    case "h" -> 3_600_000_000L;
                    default -> UNKNOWN;
                };
        };
    }

    private String min(Key key) {
        return key.min().isEmpty() ? min : key.min();
    }

    private String max(Key key) {
        return key.max().isEmpty() ? max : key.max();
    }
}
