package io.wsrouter.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.wsrouter.config.RouterConfig;
import java.lang.management.ManagementFactory;

/** How many sockets this process may open. */
final class OpenFiles {

    private static final int RESERVED = 200;
    private static final int WHERE_UNKNOWN = 10_000;

    private OpenFiles() {}

    /**
     * The number of connections to accept: what is configured, or for auto what open files allow.
     *
     * @throws IllegalArgumentException when more are configured than this process can open
     */
    static int connections(int configured) {
        long limit = limit();
        if (configured == RouterConfig.Limits.AUTO) {
            return (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit - RESERVED));
        }
        if (configured > limit) {
            throw new IllegalArgumentException("limits.connections " + configured
                    + " (expected at most the limit of open files of this process, " + limit + "; see ulimit -n)");
        }
        return configured;
    }

    private static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : WHERE_UNKNOWN;
    }
}
