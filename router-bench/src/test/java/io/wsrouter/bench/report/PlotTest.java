package io.wsrouter.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class PlotTest {

    private static final String HOSTILE = "</title><script>alert(\"1\")</script>&amp;'\u0000\uD800";

    @Test
    void shouldPlacePointsBetweenTicks() {
        Element svg = parse(Plot.of("CPU", Axis.linear("connections"), Axis.linear("cores"))
                .line("router", Plot.points(new double[] {0, 400, 800}, new double[] {0, 2, 4})));

        assertThat(labels(svg, "tick-x")).containsExactly("0", "100", "200", "300", "400", "500", "600", "700", "800");
        assertThat(labels(svg, "tick-y")).containsExactly("0", "0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4");
        List<Element> dots = Xml.all(svg, "circle");
        assertThat(dots).hasSize(3);
        assertThat(number(dots.get(0), "cx")).isEqualTo(number(tick(svg, "tick-x", "0"), "x"));
        assertThat(number(dots.get(1), "cx")).isEqualTo(number(tick(svg, "tick-x", "400"), "x"));
        assertThat(number(dots.get(2), "cx")).isEqualTo(number(tick(svg, "tick-x", "800"), "x"));
        assertThat(number(dots.get(1), "cy")).isEqualTo((number(dots.get(0), "cy") + number(dots.get(2), "cy")) / 2);
        assertThat(number(dots.get(0), "cy")).isGreaterThan(number(dots.get(2), "cy"));
        assertThat(Xml.all(dots.get(1), "title"))
                .extracting(Element::getTextContent)
                .containsExactly("router, 400 connections: 2");
    }

    @Test
    void shouldSpaceDecadesEvenlyOnLogarithmicAxis() {
        Element svg = parse(Plot.of(
                        "latency", Axis.log("per second"), Axis.log("latency").in(Unit.MICROS))
                .line("p99", Plot.points(new double[] {1, 10, 100, 1_000, 10_000}, new double[] {
                    10, 100, 1_000, 1e5, 1e6
                })));

        assertThat(labels(svg, "tick-y")).containsExactly("10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s");
        List<Double> xs =
                Xml.all(svg, "circle").stream().map(dot -> number(dot, "cx")).toList();
        assertThat(xs.get(1) - xs.get(0)).isCloseTo(xs.get(4) - xs.get(3), within(0.2));
    }

    @Test
    void shouldCountBytesInPowersOfTwo() {
        Element svg = parse(Plot.of(
                        "sizes",
                        Axis.log("size").in(Unit.BYTES),
                        Axis.linear("memory").in(Unit.BYTES))
                .line("rss", Plot.points(new double[] {32, 1_024, 65_536}, new double[] {1 << 20, 3 << 20, 7 << 20})));

        assertThat(labels(svg, "tick-x")).contains("32 B", "128 B", "2 KiB");
        assertThat(labels(svg, "tick-y")).contains("0", "1 MiB", "7 MiB");
    }

    @Test
    void shouldTellPercentilesByHowFewAreBeyond() {
        Element svg =
                parse(Plot.of("latency", new Axis("percentile", Axis.Scale.LOG, Unit.PERCENTILE), Axis.linear("µs"))
                        .line("all", Plot.points(new double[] {1, 2, 100_000}, new double[] {1, 2, 3})));

        assertThat(labels(svg, "tick-x")).containsExactly("0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %");
    }

    @Test
    void shouldBreakLineWhereValueHasNoPlace() {
        Element svg = parse(Plot.of("gaps", Axis.linear("s"), Axis.log("ms"))
                .line("a", Plot.points(new double[] {0, 1, 2, 3, 4}, new double[] {1, Double.NaN, 10, 0, 100})));

        assertThat(Xml.all(svg, "circle")).hasSize(3);
        assertThat(Xml.all(svg, "path").get(0).getAttribute("d")).containsPattern("^M[^ML]*M[^ML]*M[^ML]*$");
    }

    @Test
    void shouldStandBarsOfSeriesBesideEachOther() {
        Element svg = parse(Plot.ofNames("peers", "server", List.of("floor", "router"), Axis.linear("µs"))
                .bars("send", 10, 20)
                .bars("receive", 5, 0));

        List<Element> bars = Xml.all(svg, "rect").stream()
                .filter(bar -> !Xml.all(bar, "title").isEmpty())
                .toList();
        assertThat(bars).hasSize(4);
        assertThat(number(bars.get(1), "height")).isEqualTo(2 * number(bars.get(0), "height"));
        assertThat(number(bars.get(2), "x"))
                .isGreaterThanOrEqualTo(number(bars.get(0), "x") + number(bars.get(0), "width"));
        assertThat(labels(svg, "legend")).containsExactly("send", "receive");
        assertThat(labels(svg, "tick-x")).containsExactly("floor", "router");
    }

    @Test
    void shouldRefuseBarsThatNamesDoNotFit() {
        Plot plot = Plot.ofNames("peers", "server", List.of("floor", "router"), Axis.linear("µs"));

        assertThatThrownBy(() -> plot.bars("send", 1)).hasMessage("1 bars for send; expected 2, one for each name");
    }

    @Test
    void shouldEscapeEveryText() {
        Element svg = parse(Plot.ofNames(HOSTILE, HOSTILE, List.of(HOSTILE), Axis.linear(HOSTILE))
                .bars(HOSTILE, 1)
                .line(HOSTILE, Plot.points(new double[] {0}, new double[] {1})));

        assertThat(Xml.all(svg, "script")).isEmpty();
        assertThat(labels(svg, "legend"))
                .containsOnly(HOSTILE.replace('\u0000', '\uFFFD').replace('\uD800', '\uFFFD'));
    }

    @Test
    void shouldDrawEmptyAndConstantSeries() {
        for (Axis axis : List.of(Axis.linear("n"), Axis.log("n"), Axis.log("n").in(Unit.BYTES))) {
            assertThat(labels(parse(Plot.of("none", axis, axis)), "tick-y")).hasSizeGreaterThan(1);
            for (double value : new double[] {0, 1, 7, 1e-3, 1e9}) {
                Plot plot =
                        Plot.of("one", axis, axis).line("a", Plot.points(new double[] {value}, new double[] {value}));
                String svg = plot.svg();
                assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
                assertThat(labels(parse(plot), "tick-y")).hasSizeGreaterThan(1).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void shouldKeepEverythingWithinItsBox() {
        double[] xs = new double[1_000];
        double[] ys = new double[1_000];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = 17 + i;
            ys[i] = 3 * Math.exp(i / 100.0) - 20;
        }
        Plot plot = Plot.of("many", Axis.linear("s"), Axis.linear("n"));
        for (int i = 0; i < 20; i++) {
            plot.line("a series with a long name " + i, Plot.points(xs, ys));
        }
        Element svg = parse(plot);

        assertThat(Xml.all(svg, "circle")).allSatisfy(dot -> {
            assertThat(number(dot, "cx")).isBetween(0.0, 720.0);
            assertThat(number(dot, "cy")).isBetween(0.0, 360.0);
        });
    }

    @Test
    void shouldBeTheSameForTheSameData() {
        assertThat(sample().svg()).isEqualTo(sample().svg()).endsWith("</svg>\n");
    }

    @Test
    void shouldNotDependOnLocale() {
        Locale before = Locale.getDefault();
        String svg = sample().svg();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(sample().svg()).isEqualTo(svg);
        } finally {
            Locale.setDefault(before);
        }
    }

    private static Plot sample() {
        return Plot.of("a", Axis.linear("b"), Axis.linear("c"))
                .line("d", Plot.points(new double[] {1.25, 2.5}, new double[] {0.1, 0.33}));
    }

    private static Element parse(Plot plot) {
        return Xml.parse(plot.svg());
    }

    private static List<String> labels(Element svg, String style) {
        return Xml.all(svg, "text").stream()
                .filter(text -> text.getAttribute("class").equals(style))
                .map(Element::getTextContent)
                .toList();
    }

    private static Element tick(Element svg, String style, String label) {
        return Xml.all(svg, "text").stream()
                .filter(text -> text.getAttribute("class").equals(style))
                .filter(text -> text.getTextContent().equals(label))
                .findFirst()
                .orElseThrow();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
