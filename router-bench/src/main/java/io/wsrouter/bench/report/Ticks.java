package io.wsrouter.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the marks of an axis stand.
 *
 * @param low the value where the axis begins
 * @param high where it ends
 */
record Ticks(Axis.Scale scale, double low, double high, List<Tick> marks) {

    private static final int MOST = 8;
    private static final double ROUNDING = 1e-9;
    private static final int[] DECIMAL = {1, 2, 5};

    /** A mark and what stands beside it. */
    record Tick(double value, String label) {}

    /** Round values that span from the least to the greatest. */
    static Ticks spanning(Axis axis, double least, double greatest) {
        return axis.scale() == Axis.Scale.LOG
                ? logarithmic(axis, least, greatest)
                : linear(axis, Math.min(0, least), Math.max(0, greatest));
    }

    /** One for each name, at 0, 1, and so on. */
    static Ticks ofNames(List<String> names) {
        List<Tick> marks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            marks.add(new Tick(i, names.get(i)));
        }
        return new Ticks(Axis.Scale.LINEAR, -0.5, names.size() - 0.5, marks);
    }

    /** Where a value lies: 0 at the low end, 1 at the high end, not a number where it has no place. */
    double share(double value) {
        if (scale == Axis.Scale.LINEAR) {
            return (value - low) / (high - low);
        }
        return value > 0 ? Math.log(value / low) / Math.log(high / low) : Double.NaN;
    }

    private static Ticks linear(Axis axis, double least, double greatest) {
        double step = least == greatest ? 1 : step(axis.unit(), (greatest - least) / MOST);
        long first = (long) Math.floor(least / step + ROUNDING);
        long last = Math.max(first + 1, (long) Math.ceil(greatest / step - ROUNDING));
        List<Tick> marks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            marks.add(mark(axis, i * step));
        }
        return new Ticks(axis.scale(), first * step, last * step, marks);
    }

    /** The least round number that is at least so great. */
    private static double step(Unit unit, double atLeast) {
        if (unit == Unit.BYTES) {
            return Math.max(1, Math.pow(2, Math.ceil(log2(atLeast) - ROUNDING)));
        }
        double decade = Math.pow(10, Math.floor(Math.log10(atLeast) + ROUNDING));
        for (int factor : DECIMAL) {
            if (factor * decade >= atLeast * (1 - ROUNDING)) {
                return factor * decade;
            }
        }
        return 10 * decade;
    }

    private static Ticks logarithmic(Axis axis, double least, double greatest) {
        List<Double> round = axis.unit() == Unit.BYTES ? powersOfTwo(least, greatest) : decimals(least, greatest);
        double low =
                round.stream().filter(value -> value <= least * (1 + ROUNDING)).reduce(round.get(0), Math::max);
        double high = round.stream()
                .filter(value -> value > low && value >= greatest * (1 - ROUNDING))
                .findFirst()
                .orElseThrow();
        List<Tick> marks = thinned(axis, round, low, high).stream()
                .map(value -> mark(axis, value))
                .toList();
        return new Ticks(axis.scale(), low, high, marks);
    }

    /** Those from low to high, when there are too many only the decades, or only some of them. */
    private static List<Double> thinned(Axis axis, List<Double> round, double low, double high) {
        List<Double> within =
                round.stream().filter(value -> value >= low && value <= high).toList();
        boolean isDecimal = axis.unit() != Unit.BYTES;
        if (isDecimal && (within.size() > MOST + 1 || axis.unit() == Unit.PERCENTILE)) {
            within = within.stream().filter(Ticks::isDecade).toList();
        }
        int every = 1 + (within.size() - 1) / (MOST + 1);
        List<Double> thinned = new ArrayList<>();
        for (int i = 0; i < within.size(); i += every) {
            thinned.add(within.get(i));
        }
        return thinned;
    }

    private static boolean isDecade(double value) {
        double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) < ROUNDING;
    }

    private static List<Double> decimals(double least, double greatest) {
        List<Double> values = new ArrayList<>();
        int last = (int) Math.floor(Math.log10(greatest)) + 1;
        for (int exponent = (int) Math.floor(Math.log10(least)); exponent <= last; exponent++) {
            for (int factor : DECIMAL) {
                values.add(exponent < 0 ? factor / Math.pow(10, -exponent) : factor * Math.pow(10, exponent));
            }
        }
        return values;
    }

    private static List<Double> powersOfTwo(double least, double greatest) {
        List<Double> values = new ArrayList<>();
        int last = (int) Math.floor(log2(greatest)) + 1;
        for (int exponent = (int) Math.floor(log2(least) + ROUNDING); exponent <= last; exponent++) {
            values.add(Math.pow(2, exponent));
        }
        return values;
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static Tick mark(Axis axis, double value) {
        return new Tick(value, value == 0 ? "0" : axis.unit().tell(value));
    }
}
