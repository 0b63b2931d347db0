package io.wsrouter.bench.load;

import java.io.PrintWriter;
import java.util.Locale;

/** A result in a few lines for people. */
final class Summary {

    private Summary() {}

    static void print(LoadResult result, PrintWriter out) {
        LoadResult.Claims claims = result.claims();
        for (LoadResult.Group group : result.groups()) {
            print(group, out);
        }
        say(
                out,
                "in all: %,.0f sent/s, %,.0f received/s; p50 %s, p99 %s, p99.9 %s, max %s",
                claims.sentPerSecond(),
                claims.receivedPerSecond(),
                time(claims.latencyMicros().p50()),
                time(claims.latencyMicros().p99()),
                time(claims.latencyMicros().p999()),
                time(claims.latencyMicros().max()));
        Double cpu = claims.serverCpuMicrosPerMessage();
        Double cores = claims.serverCores();
        if (cpu != null && cores != null) {
            say(out, "server: %.2f CPU-µs a message received, %.2f cores", cpu, cores);
        }
        say(
                out,
                "load: %.2f CPU-µs a message received, %.2f cores",
                claims.loadCpuMicrosPerMessage(),
                claims.loadCores());
        claims.faults().forEach(fault -> say(out, "FAULT %s", fault));
        say(out, "verdict: %s", claims.holds() ? "all holds" : claims.faults().size() + " faults");
        out.flush();
    }

    private static void print(LoadResult.Group group, PrintWriter out) {
        LoadResult.GroupClaims claims = group.claims();
        say(
                out,
                "%s: %,d sent, %,d to be received: %,d received, %,d refused, %,d given up, %,d lost; %,d misdelivered, %,d reordered,"
                        + " %,d duplicated, %,d corrupt",
                group.name(),
                Conclusions.count(group, Count.SENT),
                claims.expected(),
                claims.received(),
                claims.refused(),
                claims.givenUp(),
                claims.lost(),
                Conclusions.count(group, Count.MISDELIVERED),
                Conclusions.count(group, Count.REORDERED),
                Conclusions.count(group, Count.DUPLICATED),
                Conclusions.count(group, Count.CORRUPT));
        if (claims.handshakeMicros().count() > 0) {
            say(
                    out,
                    "  %,d handshakes: p50 %s, p99 %s",
                    claims.handshakeMicros().count(),
                    time(claims.handshakeMicros().p50()),
                    time(claims.handshakeMicros().p99()));
        }
        if (claims.returnMicros().count() > 0) {
            say(
                    out,
                    "  %,d came later: p50 %s, p99 %s, the last after %s",
                    claims.returnMicros().count(),
                    time(claims.returnMicros().p50()),
                    time(claims.returnMicros().p99()),
                    time(claims.returnMicros().max()));
        }
        if (!group.outcomes().isEmpty()) {
            say(out, "  receipts: %s", group.outcomes());
        }
        if (!group.failures().isEmpty()) {
            say(out, "  failures: %s", group.failures());
        }
    }

    private static void say(PrintWriter out, String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }

    /** A time with the unit that suits it. */
    static String time(double micros) {
        if (micros < 1_000) {
            return String.format(Locale.ROOT, "%.0f µs", micros);
        }
        return micros < 1_000_000
                ? String.format(Locale.ROOT, "%.1f ms", micros / 1_000)
                : String.format(Locale.ROOT, "%.2f s", micros / 1_000_000);
    }
}
