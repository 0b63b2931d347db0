package io.wsrouter.bench.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells each second of a run in one line, which on a terminal is written over. Belongs to the thread of the run. */
final class Progress implements AutoCloseable {

    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintWriter out;
    private final boolean isTerminal;

    Progress(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /** Whether standard error is a terminal, where the system tells. */
    static boolean isErrorTerminal() {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    void onSecond(LoadResult.Second second) {
        String line = line(second);
        if (isTerminal) {
            out.print(CLEAR_LINE + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    static String line(LoadResult.Second second) {
        Double cpu = second.serverCpuSeconds();
        Long rss = second.serverRssBytes();
        return String.format(
                Locale.ROOT,
                "%6.1f s %-7s %,6d connections  sent %,9.0f/s  received %,9.0f/s%s%s",
                second.atSeconds(),
                second.phase(),
                second.connections(),
                second.sent() / second.seconds(),
                second.received() / second.seconds(),
                second.maxMicros() == 0
                        ? ""
                        : String.format(
                                "  p50 %s  p99 %s  max %s",
                                Summary.time(second.p50Micros()),
                                Summary.time(second.p99Micros()),
                                Summary.time(second.maxMicros())),
                cpu == null || rss == null
                        ? ""
                        : String.format(Locale.ROOT, "  server %.2f cores %,d MiB", cpu / second.seconds(), rss >> 20));
    }

    @Override
    public void close() {
        if (isTerminal) {
            out.println();
        }
    }
}
