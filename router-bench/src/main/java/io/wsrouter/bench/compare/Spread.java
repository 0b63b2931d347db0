package io.wsrouter.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** The median of some figures and the least and greatest of them. */
public record Spread(double median, double least, double greatest) {

    /** Of at least one. */
    public static Spread of(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
    }

    /** {@code median (least-greatest)}. */
    public String text(DoubleFunction<String> format) {
        return format.apply(median) + (least == greatest ? "" : " (" + range(format) + ')');
    }

    private String range(DoubleFunction<String> format) {
        return format.apply(least) + '-' + format.apply(greatest);
    }

    /** Three digits that count: {@code 0.251}, {@code 9.53}, {@code 121}, {@code 182k}, {@code 4.02M}. */
    public static String number(double figure) {
        if (figure >= 999_500) {
            return digits(figure / 1e6) + 'M';
        }
        return figure >= 9_995 ? digits(figure / 1e3) + 'k' : digits(figure);
    }

    private static String digits(double figure) {
        int decimals = figure >= 99.95 ? 0 : figure >= 9.995 ? 1 : figure >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + 'f', figure);
    }

    /** {@code 1.23x}. */
    static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2fx", ratio);
    }
}
