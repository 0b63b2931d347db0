package io.wsrouter.transport;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the {@code Host} of a request to a port that only this machine can reach. A page whose name somebody has pointed at
 * this machine names itself there (DNS rebinding).
 */
public final class LoopbackHost {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private LoopbackHost() {}

    /** Whether {@code host}, with or without a port, is a name of this machine for itself. */
    public static boolean matches(@Nullable String host) {
        return host != null && LOOPBACK.matcher(host).matches();
    }
}
