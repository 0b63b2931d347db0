package io.wsrouter.bench.load;

import io.wsrouter.config.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server to load.
 *
 * @param url of its WebSockets
 * @param secret that tokens are signed with (HS256)
 * @param pids of its processes on this machine, whose processor time and memory are sampled; may be empty
 * @param statsUrl of the router's internal port, for its counters; null for none
 * @param certificates whom to trust with {@code wss}, a PEM file; null for the JDK's choice
 * @param isOurs whether it was started for the run
 * @param settings that it was started with, without secrets
 */
public record LoadTarget(
        String url,
        Secret secret,
        List<Long> pids,
        @Nullable String statsUrl,
        @Nullable String certificates,
        boolean isOurs,
        List<String> settings) {

    /** A server on this machine with these processes. */
    public static LoadTarget of(String url, Secret secret, List<Long> pids) {
        return new LoadTarget(url, secret, pids, null, null, false, List.of());
    }
}
