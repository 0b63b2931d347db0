package io.wsrouter.bench.memory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one server has told of its memory.
 *
 * @param title what was measured
 * @param residentBytes in use without connections, and then with as many as in {@code with}, by a server that was not asked
 *     for its heap
 * @param without no connections
 * @param with ever more
 * @param afterwards all are gone
 * @param again as many have come and gone once more
 */
record Measurement(
        String title,
        List<Long> residentBytes,
        Snapshot without,
        List<Snapshot> with,
        Snapshot afterwards,
        Snapshot again) {

    /** One object of a class more, for each so many connections that have come and gone, is a leak. */
    private static final int CONNECTIONS_FOR_A_LEAK = 4;

    /** Less than one object in so many connections is not listed. */
    private static final int OBJECTS_WORTH_A_LINE = 100;

    private Snapshot most() {
        return with.get(with.size() - 1);
    }

    /** One class of the table. */
    record Cost(String type, double objects, double bytes) {}

    /** What a connection costs, class by class, largest first. */
    @JsonProperty
    List<Cost> perConnection() {
        double count = most().connections();
        return most().heap().since(without.heap()).stream()
                .filter(line -> Math.abs(line.count()) * OBJECTS_WORTH_A_LINE >= count)
                .map(line -> new Cost(line.type(), line.count() / count, line.bytes() / count))
                .toList();
    }

    /** Live bytes of the heap for each connection, those of all classes. */
    @JsonProperty
    double heapBytesPerConnection() {
        return heapBytes(without, most());
    }

    /** What stays of each connection that comes and goes, once the tables have grown. */
    @JsonProperty
    double leftBytesPerConnection() {
        return (double) (again.heap().bytes() - afterwards.heap().bytes()) / most().connections();
    }

    /** The classes of which something stays. */
    @JsonProperty
    List<Histogram.Line> leaks() {
        return again.heap().since(afterwards.heap()).stream()
                .filter(line -> line.count() * CONNECTIONS_FOR_A_LEAK >= most().connections())
                .toList();
    }

    boolean leaksNothing() {
        return leaks().isEmpty();
    }

    /** Resident memory for each connection. */
    @JsonProperty
    double residentKibPerConnection() {
        return kib(most().each(without, residentBytes.get(with.size()), residentBytes.get(0)));
    }

    private static double heapBytes(Snapshot from, Snapshot to) {
        return to.each(from, to.heap().bytes(), from.heap().bytes());
    }

    void print(PrintWriter out, int mostLines) {
        out.printf(Locale.ROOT, "%n%s: %,d connections%n", title, most().connections());
        out.printf(Locale.ROOT, "%n  %9s %9s  class%n", "objects", "bytes");
        List<Cost> costs = perConnection();
        costs.stream()
                .limit(mostLines)
                .forEach(cost ->
                        out.printf(Locale.ROOT, "  %9.2f %9.1f  %s%n", cost.objects(), cost.bytes(), cost.type()));
        double rest = heapBytesPerConnection()
                - costs.stream().limit(mostLines).mapToDouble(Cost::bytes).sum();
        out.printf(Locale.ROOT, "  %9s %9.1f  all other%n", "", rest);
        out.printf(Locale.ROOT, "  %9s %9.1f  live heap for each connection%n", "", heapBytesPerConnection());
        printGrowth(out);
        printNative(out);
        printResidue(out);
        out.flush();
    }

    private void printGrowth(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n  %11s  %22s  %26s%n",
                "connections",
                "heap bytes (each more)",
                "RSS KiB (each more); MiB");
        for (int i = 0; i < with.size(); i++) {
            Snapshot snapshot = with.get(i);
            Snapshot before = i == 0 ? without : with.get(i - 1);
            out.printf(
                    Locale.ROOT,
                    "  %,11d  %12.0f (%7.0f)  %8.2f (%6.2f); %6.0f%n",
                    snapshot.connections(),
                    heapBytes(without, snapshot),
                    heapBytes(before, snapshot),
                    kib(snapshot.each(without, residentBytes.get(i + 1), residentBytes.get(0))),
                    kib(snapshot.each(before, residentBytes.get(i + 1), residentBytes.get(i))),
                    residentBytes.get(i + 1) / 1048576.0);
        }
    }

    /** Committed memory by area, in KiB for each connection; {@code Other} is what Netty's buffers are made of, {@code Java Heap} what the
     * collector keeps. */
    @JsonProperty
    Map<String, Double> nativeKibPerConnection() {
        Map<String, Double> areas = new TreeMap<>();
        most().nativeBytes().forEach((area, bytes) -> {
            long before = without.nativeBytes().getOrDefault(area, 0L);
            areas.put(area, kib(most().each(without, bytes, before)));
        });
        return areas;
    }

    private void printNative(PrintWriter out) {
        nativeKibPerConnection().forEach((area, kib) -> {
            if (Math.abs(kib) >= 0.005) {
                out.printf(Locale.ROOT, "  native memory, KiB for each connection: %6.2f  %s%n", kib, area);
            }
        });
    }

    private void printResidue(PrintWriter out) {
        long stays = afterwards.heap().bytes() - without.heap().bytes();
        out.printf(
                Locale.ROOT,
                "%n  all closed: %,d bytes stay, %.1f for each that was; as many more come and go: %.1f for each%n",
                stays,
                (double) stays / most().connections(),
                leftBytesPerConnection());
        afterwards.heap().since(without.heap()).stream()
                .filter(line -> line.bytes() >= Math.max(4096, stays / 50))
                .forEach(line -> out.printf(Locale.ROOT, "  %9d %9d  %s%n", line.count(), line.bytes(), line.type()));
        out.printf(Locale.ROOT, "  %s%n", leaksNothing() ? "nothing leaks" : "LEAK:");
        leaks().forEach(line -> out.printf(Locale.ROOT, "  %9d %9d  %s%n", line.count(), line.bytes(), line.type()));
    }

    private static double kib(double bytes) {
        return bytes / 1024;
    }
}
