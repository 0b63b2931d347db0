package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** The internal port, as an operator with an admin token sees it. Blocks. */
public final class InternalApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TOKEN_TTL = Duration.ofHours(26);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String base;
    private final String token;

    InternalApi(RouterProcess router) {
        this("http://127.0.0.1:" + router.internalPort(), LoadClient.minter(router));
    }

    /** The port at a URL such as {@code http://127.0.0.1:9090}. */
    public InternalApi(String base, TokenMinter minter) {
        this.base = base;
        this.token = minter.mint("operator", TOKEN_TTL, new Grants(List.of(), List.of(), true));
    }

    /**
     * The figures of {@code /v1/stats}.
     *
     * @throws UncheckedIOException when the port does not answer with JSON
     */
    public JsonNode stats() {
        return get("/v1/stats").body;
    }

    /** Whether the connection is there. */
    boolean hasConnection(String id) {
        return get("/v1/connections/" + id).status == 200;
    }

    /** Audits the routing tables now. */
    JsonNode audit() {
        return ask("POST", "/v1/audit").body;
    }

    private record Answer(int status, JsonNode body) {}

    private Answer get(String path) {
        return ask("GET", path);
    }

    private Answer ask(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            throw new ScenarioException("interrupted in " + method + " " + path, e);
        }
    }
}
