package io.wsrouter.security;

import io.wsrouter.config.ConfigException;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import java.util.List;

/** Configurations that do not start a router. */
final class BadConfigurations {

    private static final String PORT = "a whole number from 0 to 65535";
    private static final String SIZE = "a size such as 64KiB, from 1B to 1GiB";
    private static final String DURATION = "a duration such as 5s, from 1ms to 24h";

    private BadConfigurations() {}

    static List<BadInput> all() {
        return List.of(
                unknown("public.prot=80", "; did you mean public.port?"),
                unknown("limits.messagebytes=1KiB", "; did you mean limits.message-bytes?"),
                unknown("auth.secret=x", "; did you mean auth.hmac-secret?"),
                unknown("somewhere.else=1", ""),
                value("node=a b", "1 to 64 letters, digits, '.', '_' or '-'"),
                value("node=''", "1 to 64 letters, digits, '.', '_' or '-'"),
                value("loops=0", "a whole number from 1 to 1024, or auto"),
                value("loops=many", "a whole number from 1 to 1024, or auto"),
                value("transport=kqueue", "one of auto, epoll, io_uring, nio"),
                value("public.port=65536", PORT),
                value("public.port=-1", PORT),
                value("public.port=0x50", PORT),
                value("public.port=80.5", PORT),
                value("public.path=ws", "a path that starts with / and has no blank, ? or #"),
                value("public.path=/ws?x", "a path that starts with / and has no blank, ? or #"),
                value("public.proxy-protocol=true", "the proxies' addresses in public.trusted-proxies"),
                value("limits.connections=unlimited", "a whole number from 1 to 2147483647, or auto"),
                value("limits.connections-per-user=0", "a whole number from 1 to 2147483647, or unlimited"),
                value("limits.message-bytes=0", SIZE),
                value("limits.message-bytes=-1KiB", SIZE),
                value("limits.message-bytes=64kb", SIZE),
                value("limits.message-bytes=2GiB", SIZE),
                value("limits.message-bytes=5s", SIZE),
                value("limits.socket-send-buffer=1KiB", "a size such as 256KiB, from 4KiB to 1GiB"),
                value("limits.handshake-timeout=5", DURATION),
                value("limits.handshake-timeout=0s", DURATION),
                value("limits.handshake-timeout=-5s", DURATION),
                value("limits.handshake-timeout=25h", DURATION),
                value("connections-per-user-policy=kick", "one of refuse, replace"),
                value("heartbeat.misses=0", "a whole number from 1 to 100"),
                value("auth.allow-query-token=yes", "true or false"),
                value("auth.issuer=''", "a text that is not empty"),
                value("auth.algorithms=[none]", "HS256, RS256, PS256, ES256, their 384 and 512 variants, or EdDSA"),
                value("auth.public-key-files=[/no/such.pem]", "a file that can be read"),
                contradiction(
                        "limits.message-bytes=2MiB limits.queued-bytes-per-connection=1MiB",
                        "limits.message-bytes: expected at most limits.queued-bytes-per-connection, \"1MiB\" in --set, or the"
                                + " largest messages could never be delivered"),
                contradiction(
                        "public.port=9090 internal.port=9090",
                        "internal.port: expected another port than public.port, \"9090\" in --set, since both listen on"
                                + " 0.0.0.0 and 127.0.0.1"),
                contradiction(
                        "public.host=localhost public.port=7000 internal.port=7000",
                        "internal.port: expected another port than public.port, \"7000\" in --set, since both listen on"
                                + " 127.0.0.1"),
                contradiction(
                        "public.tls.certificate=/no/such.pem",
                        "public.tls.certificate: expected a file that can be read; public.tls.key: missing, and needed"
                                + " with public.tls.certificate in --set"),
                contradiction(
                        "public.tls.key=/no/such.pem",
                        "public.tls.key: expected a file that can be read; public.tls.certificate: missing, and needed"
                                + " with public.tls.key in --set"),
                contradiction(
                        "auth.hmac-secret=" + "x".repeat(32) + " auth.hmac-secret-file=/proc/version",
                        "auth.hmac-secret: contradicts auth.hmac-secret-file in --set"),
                secret("auth.hmac-secret=too-short", "at least 32 bytes"),
                secret("auth.hmac-secret-file=/no/such", "a file that can be read and holds at least 32 bytes"));
    }

    private static BadInput value(String assignment, String expected) {
        return refused(assignment, "expected " + expected);
    }

    /** Values that do not go together; the answer is told without them. */
    private static BadInput contradiction(String assignments, String answer) {
        return new BadInput(
                BadInput.Section.CONFIGURATIONS,
                assignments,
                answer,
                arena ->
                        errorOf("", assignments.split(" ")).replaceAll(": (\"[^\"]*\"|\\(hidden\\)) in --set: ", ": "));
    }

    private static BadInput secret(String assignment, String expected) {
        return refused(assignment, "expected " + expected);
    }

    private static BadInput unknown(String assignment, String suggestion) {
        return refused(assignment, "unknown key in --set" + suggestion);
    }

    private static BadInput refused(String assignment, String answer) {
        String key = assignment.substring(0, assignment.indexOf('='));
        return new BadInput(BadInput.Section.CONFIGURATIONS, assignment, answer, arena -> errorOf(key, assignment));
    }

    /** What the one error says behind the key and the value. */
    private static String errorOf(String key, String... assignments) {
        try {
            ConfigSources sources = ConfigSources.of();
            for (String assignment : assignments) {
                sources = sources.set(assignment);
            }
            RouterConfig.load(sources);
            return "it starts";
        } catch (ConfigException e) {
            String error = String.valueOf(e.getMessage())
                    .lines()
                    .reduce((a, b) -> a + "; " + b)
                    .orElse("");
            if (!error.startsWith(key + ": ")) {
                return error;
            }
            int end = error.indexOf(": expected ");
            return end < 0 ? error.substring(key.length() + 2) : error.substring(end + 2);
        }
    }
}
