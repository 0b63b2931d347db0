package io.wsrouter.bench.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations and sizes as they are written in commands and mix files. */
final class Quantity {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(ms|s|m|h)?");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB)?");

    private Quantity() {}

    /** Seconds of {@code 500ms}, {@code 2.5s}, {@code 1m}, {@code 1h} or a bare number. */
    static double seconds(String key, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new PlanException(key, text, "a duration such as 500ms, 10s, 2m or 1h");
        }
        double number = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2);
        if (unit == null) {
            return number;
        }
        return switch (unit) {
            case "ms" -> number / 1000;
            case "m" -> number * 60;
            case "h" -> number * 3600;
            default -> number;
        };
    }

    /** Bytes of {@code 128}, {@code 4KiB} or {@code 1MiB}. */
    static int bytes(String key, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new PlanException(key, text, "a size such as 128, 4KiB or 1MiB");
        }
        long number = Long.parseLong(matcher.group(1));
        long bytes =
                "KiB".equals(matcher.group(2)) ? number << 10 : "MiB".equals(matcher.group(2)) ? number << 20 : number;
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
