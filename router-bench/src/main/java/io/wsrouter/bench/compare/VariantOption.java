package io.wsrouter.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The router, run in another way.
 *
 * @param name of its row
 * @param flags of its JVM
 * @param settings of its configuration, as {@code --set} takes them
 */
record VariantOption(String name, List<String> flags, List<String> settings) {

    private static final Pattern SHAPE = Pattern.compile("([^=,]+)=(.*)");

    /**
     * Reads {@code name=item item...}, each item a flag that starts with {@code -} or a setting such as {@code transport=nio}.
     *
     * @throws IllegalArgumentException naming what was wrong and what was expected
     */
    static VariantOption parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("variant " + text + " (expected name=flags and settings)");
        }
        List<String> items = Arrays.stream(parts.group(2).strip().split("\\s+"))
                .filter(item -> !item.isEmpty())
                .toList();
        List<String> settings =
                items.stream().filter(item -> !item.startsWith("-")).toList();
        for (String setting : settings) {
            if (!setting.matches("[a-z.-]+=.*")) {
                throw new IllegalArgumentException(
                        "variant " + text + ": " + setting + " (expected a flag that starts with -, or key=value)");
            }
        }
        return new VariantOption(
                parts.group(1),
                items.stream().filter(item -> item.startsWith("-")).toList(),
                settings);
    }

    static final class Converter implements ITypeConverter<VariantOption> {

        @Override
        public VariantOption convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
