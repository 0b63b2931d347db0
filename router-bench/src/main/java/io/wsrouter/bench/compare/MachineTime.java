package io.wsrouter.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The processor time of this machine. Source: proc(5), {@code /proc/stat}. */
final class MachineTime {

    private static final double TICKS_PER_SECOND = 100;

    private MachineTime() {}

    /** What all processes and the kernel have used since boot; 0 where the system does not tell. */
    static double busySeconds() {
        try {
            String all = Files.readAllLines(Path.of("/proc/stat")).get(0);
            long[] ticks = Arrays.stream(all.split(" +"))
                    .skip(1)
                    .limit(8)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return (Arrays.stream(ticks).sum() - ticks[3] - ticks[4]) / TICKS_PER_SECOND; // without idle and iowait
        } catch (IOException e) {
            return 0;
        }
    }
}
