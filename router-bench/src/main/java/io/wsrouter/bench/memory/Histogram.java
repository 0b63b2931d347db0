package io.wsrouter.bench.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The live objects of a JVM, by class.
 *
 * @param lines by name of the class, as source code would write it
 */
record Histogram(Map<String, Line> lines) {

    private static final Pattern LINE = Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+)");
    private static final Pattern HIDDEN_ADDRESS = Pattern.compile("(\\$\\$Lambda).*|[/+]0x.*");
    private static final String FILLER = "jdk.internal.vm.Filler";
    private static final Map<Character, String> PRIMITIVES = Map.of(
            'Z', "boolean", 'B', "byte", 'C', "char", 'S', "short", 'I', "int", 'J', "long", 'F', "float", 'D',
            "double");

    /** The objects of one class: how many, and their bytes. */
    record Line(String type, long count, long bytes) {}

    Histogram {
        lines = Map.copyOf(lines);
    }

    /**
     * Reads what {@code jcmd GC.class_histogram} prints. Classes that differ in a hidden address alone are summed. What G1 fills
     * gaps with is left out: nobody refers to it.
     */
    static Histogram parse(String printed) {
        Map<String, Line> lines = new HashMap<>();
        Matcher matcher = LINE.matcher(printed);
        while (matcher.find()) {
            String type = nameOf(matcher.group(3));
            Line line = new Line(type, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
            if (!type.startsWith(FILLER)) {
                lines.merge(type, line, (a, b) -> new Line(type, a.count + b.count, a.bytes + b.bytes));
            }
        }
        return new Histogram(lines);
    }

    /** {@code [Ljava.lang.Object;} is {@code java.lang.Object[]}. */
    private static String nameOf(String internal) {
        String name = HIDDEN_ADDRESS.matcher(internal).replaceFirst("$1");
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return name;
        }
        char kind = name.charAt(dimensions);
        String element = kind == 'L'
                ? name.substring(dimensions + 1, name.length() - 1)
                : PRIMITIVES.getOrDefault(kind, name.substring(dimensions));
        return element + "[]".repeat(dimensions);
    }

    /** What is here beyond {@code before}, largest first; less is negative. */
    List<Line> since(Histogram before) {
        TreeSet<String> types = new TreeSet<>(lines.keySet());
        types.addAll(before.lines.keySet());
        List<Line> difference = new ArrayList<>();
        for (String type : types) {
            difference.add(new Line(type, count(type) - before.count(type), bytes(type) - before.bytes(type)));
        }
        difference.sort(Comparator.comparingLong(Line::bytes).reversed());
        return difference;
    }

    /** The number of objects of a class. */
    long count(String type) {
        Line line = lines.get(type);
        return line == null ? 0 : line.count;
    }

    private long bytes(String type) {
        Line line = lines.get(type);
        return line == null ? 0 : line.bytes;
    }

    /** The bytes of all objects. */
    long bytes() {
        return lines.values().stream().mapToLong(Line::bytes).sum();
    }
}
