package io.wsrouter.config;

import io.wsrouter.config.Key.Word;
import io.wsrouter.connection.SlowConsumerPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything an operator may configure, immutable and checked.
 *
 * <p>A component is a key or a section; {@link Key} on it states default, range and meaning. Components named after
 * bytes count bytes. {@link #load} makes instances; the constructors check nothing. {@code toString()} of no record
 * reveals a secret.
 */
public record RouterConfig(
        @Key(
                value = "(host name)",
                word = Word.HOST_NAME,
                pattern = "[A-Za-z0-9._-]{1,64}",
                expected = "1 to 64 letters, digits, '.', '_' or '-'",
                doc = "Name of this node, as clients and operators see it.")
        String node,

        @Key(
                value = "auto",
                word = Word.PROCESSORS,
                max = "1024",
                doc = "Event loops, each with one shard; auto is one per available processor.")
        int loops,

        @Key(value = "auto", doc = "How sockets are driven; auto takes the best that this machine offers.")
        Transport transport,

        @Key(
                value = "0us",
                min = "0us",
                max = "1ms",
                doc =
                        "How long a loop without work polls before it sleeps: saves wake-ups, keeps a processor busy; not with io_uring.")
        Duration busyPoll,

        @Key(name = "public") PublicEndpoint publicEndpoint,
        @Key(name = "internal") InternalEndpoint internalEndpoint,
        @Key Auth auth,
        @Key Limits limits,

        @Key(value = "refuse", doc = "What a user's connection beyond limits.connections-per-user does.")
        ConnectionsPerUserPolicy connectionsPerUserPolicy,

        @Key(value = "2s", doc = "Time after which a receipt is given, whatever still waits to be written.")
        Duration receiptTimeout,

        @Key SlowConsumer slowConsumer,
        @Key Heartbeat heartbeat,
        @Key Audit audit,
        @Key Degradation degradation,
        @Key Drain drain) {

    /**
     * Loads, merges and checks the sources.
     *
     * @throws ConfigException when anything at all is wrong, with every error found
     */
    public static RouterConfig load(ConfigSources sources) {
        return EffectiveConfig.load(sources).config();
    }

    /** The configuration without any source: every key at its default. */
    public static RouterConfig defaults() {
        return load(ConfigSources.of());
    }

    /** Every key that can be configured, in the order of this tree. */
    public static List<KeyDoc> keys() {
        return ConfigLoader.TREE.keys().stream().map(ConfigKey::doc).toList();
    }

    /** The port that clients connect to. */
    public record PublicEndpoint(
            @Key(
                    value = "0.0.0.0",
                    pattern = "[A-Za-z0-9._:%-]{1,253}",
                    expected = "a host name or an IP address",
                    doc = "Address to listen on.")
            String host,

            @Key(value = "8080", min = "0", max = "65535", doc = "TCP port; 0 is any free one.")
            int port,

            @Key(
                    value = "/ws",
                    pattern = "/[^\\s?#]*",
                    expected = "a path that starts with / and has no blank, ? or #",
                    doc = "Path of the WebSocket handshake.")
            String path,

            @Key(
                    pattern = "\\*|(?!http://[^/]*:80$)(?!https://[^/]*:443$)"
                            + "[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?",
                    expected = "* or scheme://host[:port] as browsers send it, in lower case and without the"
                            + " scheme's own port",
                    doc = "Origins whose pages may connect; empty is the same origin only, * is any.")
            List<String> allowedOrigins,

            @Key(doc = "Proxies that are believed when they name the client: X-Forwarded-For and the PROXY protocol.")
            List<IpNetwork> trustedProxies,

            @Key(
                    value = "false",
                    doc = "Whether each connection has to begin with a PROXY protocol header, of a trusted proxy.")
            boolean proxyProtocol,

            @Key @Nullable Tls tls) {}

    /** The port of operators and back ends. */
    public record InternalEndpoint(
            @Key(
                    value = "127.0.0.1",
                    pattern = "[A-Za-z0-9._:%-]{1,253}",
                    expected = "a host name or an IP address",
                    doc = "Address to listen on.")
            String host,

            @Key(value = "9090", min = "0", max = "65535", doc = "TCP port; 0 is any free one.")
            int port) {}

    /** Certificate and private key of a port that speaks TLS. */
    public record Tls(
            @Key(doc = "PEM file with the certificate chain.")
            Path certificate,

            @Key(doc = "PEM file with the private key.") Path key) {}

    /** Which tokens are believed. */
    public record Auth(
            @Key(excludes = "auth.hmac-secret-file", doc = "Secret that signs HMAC tokens, taken as UTF-8.") @Nullable
            Secret hmacSecret,

            @Key(doc = "File with the secret that signs HMAC tokens; one line break at its end does not count.")
            @Nullable
            SecretFile hmacSecretFile,

            @Key(doc = "PEM files with public keys that verify tokens.")
            List<Path> publicKeyFiles,

            @Key(doc = "JWK Set (RFC 7517) with public keys that verify tokens.") @Nullable
            Path jwksFile,

            @Key(
                    pattern = "https?://[^\\s@#/]+(/[^\\s@#]*)?",
                    expected = "an http or https URL without user, password and fragment",
                    doc = "Where the issuer publishes its JWK Set; redirects are not followed.")
            @Nullable
            String jwksUrl,

            @Key(value = "5m", min = "1s", doc = "Time after which auth.jwks-url is fetched again, at the latest.")
            Duration jwksRefresh,

            @Key(
                    value = "10s",
                    doc = "Time per fetch of auth.jwks-url that tokens with an unknown key may cause;"
                            + " three may come at once.")
            Duration jwksCooldown,

            @Key(
                    pattern = "(HS|RS|PS|ES)(256|384|512)|EdDSA",
                    expected = "HS256, RS256, PS256, ES256, their 384 and 512 variants, or EdDSA",
                    doc = "Signature algorithms that are accepted; empty is all that the configured keys allow.")
            List<String> algorithms,

            @Key(doc = "Issuer (iss) that a token must name; not checked when absent.") @Nullable
            String issuer,

            @Key(doc = "Audience (aud) that a token must name; not checked when absent.") @Nullable
            String audience,

            @Key(value = "false", doc = "Whether a token may come in the URL, as access_token.")
            boolean allowQueryToken) {

        /** Whether any key is configured that can verify a token. */
        public boolean hasKeys() {
            return hmacSecret != null
                    || hmacSecretFile != null
                    || !publicKeyFiles.isEmpty()
                    || jwksFile != null
                    || jwksUrl != null;
        }
    }

    /** What one connection, user, IP address or node may use at most. */
    public record Limits(
            @Key(
                    value = "auto",
                    word = Word.AUTO,
                    doc = "Connections of this node; auto is the limit of open files minus 200.")
            int connections,

            @Key(value = "16", word = Word.UNLIMITED, doc = "Connections of one user.")
            int connectionsPerUser,

            @Key(
                    value = "1000",
                    word = Word.UNLIMITED,
                    doc = "Connections from one IP address; an IPv6 address counts as its /64.")
            int connectionsPerIp,

            @Key(value = "5000", word = Word.UNLIMITED, doc = "Verified handshakes of this node in a second.")
            int handshakesPerSecond,

            @Key(
                    value = "100",
                    word = Word.UNLIMITED,
                    doc = "Failed handshakes from one IP address in a second; an IPv6 address counts as its /64.")
            int failedHandshakesPerSecondPerIp,

            @Key(
                    value = "4096",
                    word = Word.UNLIMITED,
                    doc = "Accepted sockets that have not shown a good token yet; beyond it an old one has to go.")
            int pendingHandshakes,

            @Key(value = "64KiB", bytes = true, doc = "Size of one message from a client.")
            int messageBytes,

            @Key(
                    value = "100",
                    word = Word.UNLIMITED,
                    doc = "Commands from one connection in a second, publishes and others.")
            int messagesPerSecond,

            @Key(value = "300", word = Word.UNLIMITED, doc = "Commands from all connections of one user in a second.")
            int messagesPerSecondPerUser,

            @Key(value = "100", doc = "Topics that one connection may subscribe to.")
            int subscriptionsPerConnection,

            @Key(value = "1MiB", bytes = true, doc = "Bytes that may wait to be written to one connection.")
            long queuedBytesPerConnection,

            @Key(value = "1000", doc = "Messages that may wait to be written to one connection.")
            int queuedMessagesPerConnection,

            @Key(
                    value = "256MiB",
                    bytes = true,
                    min = "64KiB",
                    max = "64GiB",
                    doc =
                            "Bytes that may wait to be written on the node, with what keeping them takes; an eighth is for retries.")
            long queuedBytes,

            @Key(
                    value = "256KiB",
                    name = "socket-send-buffer",
                    bytes = true,
                    min = "4KiB",
                    doc = "The kernel's send buffer of one socket, which bounds what delivered may mean.")
            int socketSendBufferBytes,

            @Key(
                    value = "10s",
                    min = "100ms",
                    doc = "Time that a connection may stay unread because its publishes cannot be passed on.")
            Duration readPause,

            @Key(value = "5s", doc = "Time from accept to the end of the handshake, TLS included.")
            Duration handshakeTimeout) {

        /** Stands for {@code unlimited}: larger than anything that is counted. */
        public static final int UNLIMITED = Integer.MAX_VALUE;

        /** Stands for {@code auto} in {@link #connections()}: the server finds the number at start-up. */
        public static final int AUTO = 0;
    }

    /** What becomes of a connection that reads too slowly. */
    public record SlowConsumer(
            @Key(
                    value = "disconnect",
                    doc =
                            "What gives way when a queue is full: the connection, the oldest message, the new one, or the same event's last.")
            SlowConsumerPolicy policy) {}

    /** How a connection proves that it lives. */
    public record Heartbeat(
            @Key(value = "25s", min = "100ms", doc = "Time without a sign of life after which a ping is sent.")
            Duration interval,

            @Key(
                    value = "2",
                    max = "100",
                    doc = "Pings in a row that may go unanswered before the connection is closed.")
            int misses) {}

    /** The check that the routing tables agree. */
    public record Audit(
            @Key(value = "30s", min = "1s", doc = "Time between two audits of the same routing tables.")
            Duration period) {}

    /** What the node refuses when it is hard pressed; docs/degradation.md. */
    public record Degradation(
            @Key(
                    value = "true",
                    doc =
                            "Whether the node refuses publishes of low priority, handshakes and more when it is hard pressed.")
            boolean enabled,

            @Key(
                    value = "5s",
                    min = "250ms",
                    doc = "Time that all signals have to stay low before the level goes down by one.")
            Duration recovery) {}

    /** Polite shutdown. */
    public record Drain(
            @Key(value = "4s", doc = "Time after which connections that are still open are cut off.")
            Duration timeout) {}

    /** How sockets are driven. */
    public enum Transport {
        /** The best that this machine offers. */
        AUTO,
        /** Linux epoll. */
        EPOLL,
        /** Linux io_uring. */
        IO_URING,
        /** What every JDK has. */
        NIO;

        /** The word in configuration. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What happens to one connection too many of a user. */
    public enum ConnectionsPerUserPolicy {
        /** The new connection is refused. */
        REFUSE,
        /** The new connection takes the place of the oldest. */
        REPLACE;

        /** The word in configuration. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
