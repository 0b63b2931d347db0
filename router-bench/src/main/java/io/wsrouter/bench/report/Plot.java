package io.wsrouter.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * A plot as SVG, which stands alone and also within HTML, in light and dark. Lines, points and bars are named in a legend, and tell
 * their values when pointed at. The same data give the same bytes. For one thread.
 *
 * <pre>{@code
 * String svg = Plot.of("CPU by connections", Axis.log("connections"), Axis.linear("CPU per message").in(Unit.MICROS))
 *         .line("ws-router", Plot.points(connections, micros))
 *         .svg();
 * }</pre>
 */
public final class Plot {

    /** A value that is not a number is a gap in a line. */
    public record Point(double x, double y) {}

    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int EDGE = 12;
    private static final int RIGHT_EDGE = 32;
    private static final int TITLE_BASELINE = 24;
    private static final int ROW = 18;
    private static final int BELOW = 46;
    private static final int SWATCH = 22;
    private static final double CHARACTER = 6.8;
    private static final double BARS_SHARE = 0.8;
    private static final double DOT = 3;
    private static final double TARGET = 6;
    private static final int MOST_DOTS = 60;
    private static final int MOST_TARGETS = 400;
    private static final String FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
    private static final List<String> LIGHT =
            List.of("#0b62c4", "#c4500a", "#00805c", "#8f3fa8", "#a07800", "#b0225a", "#007a99", "#5f6670");
    private static final List<String> DARK =
            List.of("#5aa9ff", "#ff9b57", "#3ecf9b", "#d08ff0", "#e0b93a", "#ff7aa8", "#4cc9e6", "#a9b1bb");
    private static final List<String> DASHES = List.of("none", "7 3", "2 3");

    private static final String DARK_STYLE = darkStyle();

    private enum Kind {
        LINE,
        POINTS,
        BARS
    }

    private record Series(Kind kind, String name, List<Point> points) {}

    private record Mark(double x, String label) {}

    private final String title;
    private final Axis xAxis;
    private final Axis yAxis;
    private final List<String> categories;
    private final List<Series> all = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();

    private Plot(String title, Axis xAxis, Axis yAxis, List<String> categories) {
        this.title = title;
        this.xAxis = xAxis;
        this.yAxis = yAxis;
        this.categories = categories;
    }

    /** Of numbers by numbers. */
    public static Plot of(String title, Axis x, Axis y) {
        return new Plot(title, x, y, List.of());
    }

    /** Of numbers by names; the first name is at x = 0, the next at 1, and so on. */
    public static Plot ofNames(String title, String label, List<String> names, Axis y) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no names; expected at least one");
        }
        return new Plot(title, Axis.linear(label), y, List.copyOf(names));
    }

    /** A point of each pair. */
    public static List<Point> points(double[] xs, double[] ys) {
        if (xs.length != ys.length) {
            throw new IllegalArgumentException(xs.length + " xs and " + ys.length + " ys; expected as many");
        }
        List<Point> points = new ArrayList<>(xs.length);
        for (int i = 0; i < xs.length; i++) {
            points.add(new Point(xs[i], ys[i]));
        }
        return points;
    }

    /** Adds a line through points in their order. */
    public Plot line(String name, List<Point> points) {
        all.add(new Series(Kind.LINE, name, List.copyOf(points)));
        return this;
    }

    /** Adds points. */
    public Plot scatter(String name, List<Point> points) {
        all.add(new Series(Kind.POINTS, name, List.copyOf(points)));
        return this;
    }

    /** Adds a bar for each name, beside those of other series. */
    public Plot bars(String name, double... values) {
        if (values.length != categories.size()) {
            throw new IllegalArgumentException(
                    values.length + " bars for " + name + "; expected " + categories.size() + ", one for each name");
        }
        double[] xs = DoubleStream.iterate(0, x -> x + 1).limit(values.length).toArray();
        all.add(new Series(Kind.BARS, name, points(xs, values)));
        return this;
    }

    /** Adds a labelled line across the plot; it is left out where the axis does not reach. */
    public Plot mark(double x, String label) {
        marks.add(new Mark(x, label));
        return this;
    }

    /** The plot in an element of its own, with a newline at its end. */
    public String svg() {
        return markup() + "\n";
    }

    private static String darkStyle() {
        StringBuilder style = new StringBuilder("@media (prefers-color-scheme: dark) { ")
                .append(".plot .surface { fill: #15191f } .plot text { fill: #aab4bf } .plot .title { fill: #f0f3f6 } ")
                .append(".plot .grid { stroke: #363d46 } ");
        for (int i = 0; i < DARK.size(); i++) {
            style.append(String.format(Locale.ROOT, ".plot .s%d { stroke: %2$s; fill: %2$s } ", i, DARK.get(i)));
        }
        return style.append('}').toString();
    }

    /** The plot as an element. */
    Markup markup() {
        return new Drawing().draw();
    }

    /** One drawing of the plot: where things are. */
    private final class Drawing {

        private final Markup out = new Markup();
        private final Ticks xs = categories.isEmpty() ? ticks(xAxis, Point::x) : Ticks.ofNames(categories);
        private final Ticks ys = ticks(yAxis, Point::y);
        private final List<List<Integer>> legend = legendRows();
        private final double left = EDGE + 8 + widest(ys);
        private final double right = WIDTH - RIGHT_EDGE;
        private final double top = TITLE_BASELINE + 18 + ROW * (legend.size() + 1);
        private final double bottom = HEIGHT - BELOW;

        Markup draw() {
            out.open(
                    "svg",
                    "xmlns",
                    "http://www.w3.org/2000/svg",
                    "class",
                    "plot",
                    "viewBox",
                    "0 0 " + WIDTH + ' ' + HEIGHT,
                    "width",
                    WIDTH,
                    "height",
                    HEIGHT,
                    "role",
                    "img",
                    "aria-label",
                    title,
                    "font-family",
                    FONT,
                    "font-size",
                    12,
                    "fill",
                    "#57606a");
            out.element("style", DARK_STYLE);
            out.empty("rect", "class", "surface", "width", WIDTH, "height", HEIGHT, "fill", "#ffffff");
            drawTexts();
            drawLegend();
            drawTicks();
            marks.forEach(this::draw);
            for (int i = 0; i < all.size(); i++) {
                draw(all.get(i), i);
            }
            return out.close();
        }

        private void drawTexts() {
            text("title", EDGE, TITLE_BASELINE, "start", title, "font-size", 15, "font-weight", 600, "fill", "#1f2328");
            text("label", EDGE, top - 13, "start", yAxis.label());
            text("label", (left + right) / 2, HEIGHT - 10.0, "middle", xAxis.label());
        }

        private void drawTicks() {
            out.open("g", "class", "grid", "stroke", "#d8dee4");
            for (Ticks.Tick tick : ys.marks()) {
                line(left, yOf(tick.value()), right, yOf(tick.value()));
            }
            if (categories.isEmpty()) {
                xs.marks().forEach(tick -> line(xOf(tick.value()), bottom, xOf(tick.value()), bottom + 5));
            }
            out.close();
            for (Ticks.Tick tick : ys.marks()) {
                text("tick-y", left - 8, yOf(tick.value()) + 4, "end", tick.label());
            }
            int every = (int) Math.ceil((widest(xs) + 10) * xs.marks().size() / (right - left));
            for (int i = 0; i < xs.marks().size(); i += every) {
                Ticks.Tick tick = xs.marks().get(i);
                text("tick-x", xOf(tick.value()), bottom + 18, "middle", tick.label());
            }
        }

        private void draw(Mark mark) {
            double x = xOf(mark.x());
            if (x >= left && x <= right) {
                out.open("g", "class", "mark", "stroke", "#8c959f", "stroke-dasharray", "4 4");
                line(x, top, x, bottom);
                out.close();
                text("label", x + 4, top + 12, "start", mark.label());
            }
        }

        // ---- the legend

        /** The indexes of the series that are named in each row; a single one needs no legend. */
        private List<List<Integer>> legendRows() {
            List<List<Integer>> rows = new ArrayList<>();
            double x = WIDTH;
            for (int i = 0; i < all.size() && all.size() > 1; i++) {
                double width = legendWidth(i);
                if (x + width > WIDTH - EDGE) {
                    rows.add(new ArrayList<>());
                    x = EDGE;
                }
                rows.get(rows.size() - 1).add(i);
                x += width;
            }
            return rows;
        }

        private double legendWidth(int index) {
            return SWATCH + 24 + width(all.get(index).name());
        }

        private void drawLegend() {
            double y = TITLE_BASELINE + 4 + ROW / 2.0;
            for (List<Integer> row : legend) {
                double x = EDGE;
                for (int i : row) {
                    drawSwatch(i, x, y);
                    text("legend", x + SWATCH + 6, y + 4, "start", all.get(i).name());
                    x += legendWidth(i);
                }
                y += ROW;
            }
        }

        private void drawSwatch(int index, double x, double y) {
            openSeries(index);
            switch (all.get(index).kind()) {
                case LINE -> line(x, y, x + SWATCH, y);
                case POINTS -> dot(x + SWATCH / 2.0, y);
                case BARS -> out.empty("rect", "x", n(x), "y", n(y - 5), "width", SWATCH, "height", 10);
            }
            out.close();
        }

        // ---- the series

        private void draw(Series series, int index) {
            openSeries(index);
            switch (series.kind()) {
                case LINE -> drawLine(series);
                case POINTS -> drawDots(series, DOT);
                case BARS -> drawBars(series);
            }
            out.close();
        }

        private void openSeries(int index) {
            String colour = LIGHT.get(index % LIGHT.size());
            String dash = DASHES.get(index / LIGHT.size() % DASHES.size());
            out.open(
                    "g",
                    "class",
                    "series s" + index % LIGHT.size(),
                    "stroke",
                    colour,
                    "fill",
                    colour,
                    "stroke-width",
                    2,
                    "stroke-dasharray",
                    dash);
        }

        private void drawLine(Series series) {
            StringBuilder path = new StringBuilder();
            boolean isDown = false;
            for (Point point : series.points()) {
                if (!hasPlace(point)) {
                    isDown = false;
                    continue;
                }
                path.append(isDown ? 'L' : 'M')
                        .append(n(xOf(point.x())))
                        .append(' ')
                        .append(n(yOf(point.y())));
                isDown = true;
            }
            out.empty("path", "d", path, "fill", "none", "stroke-linejoin", "round");
            drawDots(series, series.points().size() > MOST_DOTS ? 0 : DOT);
        }

        /** Dots to be seen, or only to be pointed at. */
        private void drawDots(Series series, double radius) {
            int every = radius > 0 ? 1 : 1 + series.points().size() / MOST_TARGETS;
            out.open("g", "stroke", "none", "fill-opacity", radius > 0 ? 1 : 0);
            for (int i = 0; i < series.points().size(); i += every) {
                Point point = series.points().get(i);
                if (hasPlace(point)) {
                    out.open(
                            "circle",
                            "cx",
                            n(xOf(point.x())),
                            "cy",
                            n(yOf(point.y())),
                            "r",
                            n(radius > 0 ? radius : TARGET));
                    out.element("title", tell(series, point)).close();
                }
            }
            out.close();
        }

        private void drawBars(Series bars) {
            List<Series> beside =
                    all.stream().filter(series -> series.kind() == Kind.BARS).toList();
            double width = (xOf(1) - xOf(0)) * BARS_SHARE / beside.size();
            double floor = ys.scale() == Axis.Scale.LOG ? bottom : yOf(0);
            double offset = (beside.indexOf(bars) - beside.size() / 2.0) * width;
            out.open("g", "stroke", "none");
            for (Point point : bars.points()) {
                if (hasPlace(point)) {
                    double y = yOf(point.y());
                    out.open(
                            "rect",
                            "x",
                            n(xOf(point.x()) + offset),
                            "y",
                            n(Math.min(y, floor)),
                            "width",
                            n(width - 1),
                            "height",
                            n(Math.abs(floor - y)));
                    out.element("title", tell(bars, point)).close();
                }
            }
            out.close();
        }

        private String tell(Series series, Point point) {
            String x = categories.isEmpty()
                    ? xAxis.unit().tell(point.x()) + (xAxis.unit() == Unit.NUMBER ? " " + xAxis.label() : "")
                    : categories.get((int) point.x());
            return series.name() + ", " + x + ": " + yAxis.unit().tell(point.y());
        }

        // ---- places

        private boolean hasPlace(Point point) {
            return Double.isFinite(xs.share(point.x())) && Double.isFinite(ys.share(point.y()));
        }

        private double xOf(double value) {
            return left + xs.share(value) * (right - left);
        }

        private double yOf(double value) {
            return bottom - ys.share(value) * (bottom - top);
        }

        private double widest(Ticks ticks) {
            return ticks.marks().stream()
                    .mapToDouble(tick -> width(tick.label()))
                    .max()
                    .orElse(0);
        }

        private static double width(String text) {
            return text.length() * CHARACTER;
        }

        // ---- elements

        private void line(double x1, double y1, double x2, double y2) {
            out.empty("line", "x1", n(x1), "y1", n(y1), "x2", n(x2), "y2", n(y2));
        }

        private void dot(double x, double y) {
            out.empty("circle", "cx", n(x), "cy", n(y), "r", n(DOT), "stroke", "none");
        }

        private void text(String style, double x, double y, String anchor, String content, Object... more) {
            out.open("text", "class", style, "x", n(x), "y", n(y), "text-anchor", anchor);
            out.attributes(more).text(content).close();
        }

        /** A coordinate, to a tenth of a pixel. */
        private static String n(double coordinate) {
            String text = String.format(Locale.ROOT, "%.1f", coordinate);
            return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        }

        private Ticks ticks(Axis axis, ToDoubleFunction<Point> of) {
            double[] values = all.stream()
                    .flatMap(series -> series.points().stream())
                    .mapToDouble(of)
                    .filter(Double::isFinite)
                    .filter(value -> axis.scale() == Axis.Scale.LINEAR || value > 0)
                    .toArray();
            return values.length == 0
                    ? Ticks.spanning(axis, 1, 10)
                    : Ticks.spanning(
                            axis,
                            DoubleStream.of(values).min().orElseThrow(),
                            DoubleStream.of(values).max().orElseThrow());
        }
    }
}
