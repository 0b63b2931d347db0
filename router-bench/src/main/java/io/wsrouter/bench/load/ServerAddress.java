package io.wsrouter.bench.load;

import java.net.URI;

/** Where a server takes WebSockets. */
public record ServerAddress(boolean isTls, String host, int port, String path) {

    /**
     * Reads a URL.
     *
     * @throws PlanException unless it is like {@code ws://host:port/path} or {@code wss://host/path}
     */
    public static ServerAddress parse(String url) {
        try {
            URI uri = URI.create(url);
            boolean isTls = "wss".equals(uri.getScheme());
            if ((isTls || "ws".equals(uri.getScheme())) && uri.getHost() != null) {
                int port = uri.getPort() >= 0 ? uri.getPort() : isTls ? 443 : 80;
                String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
                return new ServerAddress(
                        isTls, uri.getHost(), port, uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery());
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new PlanException("url", url, "like ws://127.0.0.1:8080/ws or wss://host/ws");
    }

    /** As an URL. */
    public String url() {
        return (isTls ? "wss://" : "ws://") + host + ':' + port + path;
    }
}
