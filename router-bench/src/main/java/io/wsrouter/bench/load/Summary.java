package io.wsrouter.bench.load;

import java.io.PrintWriter;
import java.util.Locale;

/** A result in a few lines for people. */
final class Summary {

    private Summary() {}

    static void print(LoadResult result, PrintWriter out) {
        LoadResult.Claims claims = result.claims();
        LoadResult.Connecting connecting = result.connecting();
        say(
                out,
                "opened %,d of %,d connections in %.1f s, %,.0f/s",
                connecting.ready(),
                connecting.awaited(),
                connecting.seconds(),
                claims.connectionsPerSecond());
        for (LoadResult.Group group : result.groups()) {
            print(group, out);
        }
        printRates(result, out);
        claims.faults().forEach(fault -> say(out, "FAULT %s", fault));
        say(out, "verdict: %s", verdict(claims.faults().size()));
        out.flush();
    }

    private static String verdict(int faults) {
        return faults == 0 ? "all holds" : faults == 1 ? "1 fault" : faults + " faults";
    }

    private static void printRates(LoadResult result, PrintWriter out) {
        LoadResult.Claims claims = result.claims();
        Double cores = claims.serverCores();
        Long rss = claims.serverMostRssBytes();
        if (cores != null && rss != null) {
            say(
                    out,
                    "server: %.2f cores, at most %,d MiB, of which %,.1f KiB a connection",
                    cores,
                    rss >> 20,
                    claims.serverRssBytesPerConnection() == null ? 0 : claims.serverRssBytesPerConnection() / 1024);
        }
        say(out, "load: %.2f cores", claims.loadCores());
        if (claims.receivedPerSecond() == 0) {
            return;
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
        if (cpu != null) {
            say(
                    out,
                    "a message received cost %.2f CPU-µs of the server, %.2f CPU-µs of the load",
                    cpu,
                    claims.loadCpuMicrosPerMessage());
        } else {
            say(out, "a message received cost %.2f CPU-µs of the load", claims.loadCpuMicrosPerMessage());
        }
    }

    private static void print(LoadResult.Group group, PrintWriter out) {
        LoadResult.GroupClaims claims = group.claims();
        if (Conclusions.count(group, Count.SENT) > 0) {
            printMessages(group, out);
        } else {
            say(out, "%s: nothing sent", group.name());
        }
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

    private static void printMessages(LoadResult.Group group, PrintWriter out) {
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
