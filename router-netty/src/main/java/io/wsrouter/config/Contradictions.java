package io.wsrouter.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges values against each other. A key whose own value was refused is left out. */
final class Contradictions {
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::");
    private static final Duration LONG_HANDSHAKE = Duration.ofSeconds(30);
    private static final Duration IDLE_AT_PROXIES = Duration.ofSeconds(60);

    private final Map<String, Object> values;
    private final Map<String, Setting> settings;
    private final ConfigErrors errors;
    private final ConfigErrors warnings;

    Contradictions(
            Map<String, Object> values, Map<String, Setting> settings, ConfigErrors errors, ConfigErrors warnings) {
        this.values = values;
        this.settings = settings;
        this.errors = errors;
        this.warnings = warnings;
    }

    void find() {
        refuseMessagesThatNoQueueHolds();
        refuseOnePortForTwo();
        refuseProxyHeadersOfNobody();
        refusePollingOfARing();
        warnOfLimitWithoutEffect("limits.connections-per-user", "limits.connections");
        warnOfLimitWithoutEffect("limits.connections-per-ip", "limits.connections");
        warnOfLimitWithoutEffect("limits.messages-per-second", "limits.messages-per-second-per-user");
        warnOfLimitWithoutEffect("limits.queued-bytes-per-connection", "limits.queued-bytes");
        warnOfOriginsWithoutEffect();
        warnOfLongDurations();
        warnOfSecretOnCommandLine();
    }

    private void refuseMessagesThatNoQueueHolds() {
        Long message = number("limits.message-bytes");
        Long queue = number("limits.queued-bytes-per-connection");
        if (message != null && queue != null && message > queue) {
            refuse(
                    "limits.message-bytes",
                    "expected at most " + shown("limits.queued-bytes-per-connection")
                            + ", or the largest messages could never be delivered");
        }
    }

    private void refuseOnePortForTwo() {
        Long port = number("public.port");
        if (port == null || port == 0 || !port.equals(number("internal.port"))) {
            return;
        }
        String publicHost = host("public.host");
        String internalHost = host("internal.host");
        if (publicHost.equals(internalHost) || ANY_ADDRESS.contains(publicHost) || ANY_ADDRESS.contains(internalHost)) {
            refuse(
                    "internal.port",
                    "expected another port than " + shown("public.port") + ", since both listen on "
                            + (publicHost.equals(internalHost) ? publicHost : publicHost + " and " + internalHost));
        }
    }

    private void refuseProxyHeadersOfNobody() {
        Setting proxies = settings.get("public.trusted-proxies");
        boolean hasNone = proxies == null || proxies.texts().isEmpty();
        if (hasNone && Boolean.TRUE.equals(values.get("public.proxy-protocol"))) {
            refuse("public.proxy-protocol", "expected the proxies' addresses in public.trusted-proxies");
        }
    }

    private void refusePollingOfARing() {
        if (values.get("transport") == RouterConfig.Transport.IO_URING
                && values.get("busy-poll") instanceof Duration poll
                && !poll.isZero()) {
            refuse("busy-poll", "expected 0us with transport io_uring, or transport epoll or nio");
        }
    }

    private void warnOfLimitWithoutEffect(String narrow, String wide) {
        Long few = number(narrow);
        Long many = number(wide);
        if (few == null || many == null || !settings.containsKey(narrow) || !settings.containsKey(wide)) {
            return;
        }
        if (few > many && few != RouterConfig.Limits.UNLIMITED && many != RouterConfig.Limits.AUTO) {
            warn(narrow, "has no effect beside the smaller " + shown(wide));
        }
    }

    private void warnOfOriginsWithoutEffect() {
        if (values.get("public.allowed-origins") instanceof List<?> origins
                && origins.contains("*")
                && origins.size() > 1) {
            warn("public.allowed-origins", "\"*\" lets in every page, the other origins have no effect");
        }
    }

    private void warnOfLongDurations() {
        if (values.get("heartbeat.interval") instanceof Duration interval && interval.compareTo(IDLE_AT_PROXIES) >= 0) {
            warn("heartbeat.interval", "many proxies cut off what was idle for 60s; expected less");
        }
        if (values.get("limits.handshake-timeout") instanceof Duration timeout
                && timeout.compareTo(LONG_HANDSHAKE) > 0) {
            warn("limits.handshake-timeout", "sockets without a token may stay that long; expected at most 30s");
        }
    }

    private void warnOfSecretOnCommandLine() {
        Setting secret = settings.get("auth.hmac-secret");
        if (secret != null && secret.source().equals(ConfigLoader.SET)) {
            warn(
                    "auth.hmac-secret",
                    "every user of this machine can read command lines; auth.hmac-secret-file is safer");
        }
    }

    private String host(String key) {
        String host = String.valueOf(values.get(key));
        return host.equals("localhost") ? "127.0.0.1" : host;
    }

    private @Nullable Long number(String key) {
        return values.get(key) instanceof Number number ? number.longValue() : null;
    }

    private void refuse(String key, String problem) {
        errors.add(error(key, problem));
    }

    private void warn(String key, String problem) {
        warnings.add(error(key, problem));
    }

    private ConfigError error(String key, String problem) {
        ConfigKey declared = declared(key);
        Setting setting = setting(key);
        return new ConfigError(
                key, setting.source(), declared.isSecret() ? Secret.HIDDEN : setting.text(), problem, null);
    }

    /** A key with its value and where that comes from. */
    private String shown(String key) {
        Setting setting = setting(key);
        return key + ", " + Quoted.startOf(setting.text()) + " in " + setting.source();
    }

    private Setting setting(String key) {
        Setting setting = settings.get(key);
        return setting == null ? Setting.scalar(declared(key).declared().value(), ConfigLoader.DEFAULT) : setting;
    }

    private static ConfigKey declared(String path) {
        ConfigKey key = ConfigLoader.TREE.key(path);
        if (key == null) {
            throw new IllegalArgumentException(path + " (expected a key)");
        }
        return key;
    }
}
