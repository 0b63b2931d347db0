package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The request of a handshake, correct until a test makes it otherwise. */
public final class Handshake {

    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private record Header(String name, String value) {}

    private final List<Header> headers = new ArrayList<>();
    private String method = "GET";
    private String target = "/ws";

    /** A request to {@code host}, which may name a port, without a token. */
    public Handshake(String host) {
        with("Host", host);
        with("Upgrade", "websocket");
        with("Connection", "Upgrade");
        with("Sec-WebSocket-Key", KEY);
        with("Sec-WebSocket-Version", "13");
    }

    public Handshake method(String newMethod) {
        method = newMethod;
        return this;
    }

    public Handshake target(String newTarget) {
        target = newTarget;
        return this;
    }

    public Handshake with(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    public Handshake without(String... names) {
        headers.removeIf(header -> Arrays.asList(names).contains(header.name()));
        return this;
    }

    public Handshake bearer(String token) {
        return with("Authorization", "Bearer " + Confidential.keep(token));
    }

    public Handshake offering(String... subprotocols) {
        return with("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
    }

    public byte[] bytes() {
        StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\n");
        headers.forEach(header -> head.append(header.name() + ": " + header.value() + "\r\n"));
        return head.append("\r\n").toString().getBytes(UTF_8);
    }
}
