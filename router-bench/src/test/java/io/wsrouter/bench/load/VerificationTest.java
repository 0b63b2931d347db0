package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose claims were changed. */
class VerificationTest {

    private static LoadResult result;

    @BeforeAll
    static void run() throws IOException {
        try (TestServer server = LoadFixture.server()) {
            result = LoadFixture.run(server, 1, LoadFixture.unicast(10, 2, 400, true));
        }
    }

    @Test
    void shouldReadBackWhatWasWritten(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("result.json");
        ResultFile.write(file, result);

        assertThat(ResultFile.read(file)).isEqualTo(result);
        assertThat(Verification.of(ResultFile.read(file))).isEmpty();
    }

    @Test
    void shouldNameEveryClaimThatWasChanged() throws IOException {
        JsonNode tree = ResultFile.JSON.valueToTree(result);
        List<String> claims = new ArrayList<>();
        leaves("/claims", tree.at("/claims"), claims);
        leaves("/groups/0/claims", tree.at("/groups/0/claims"), claims);
        for (String figure : List.of("sent", "received", "p50Micros", "p99Micros", "maxMicros")) {
            claims.add("/series/0/" + figure);
        }

        assertThat(claims).hasSizeGreaterThan(40);
        for (String claim : claims) {
            JsonNode changed = changed(claim);
            String name = claim.substring(claim.lastIndexOf('/') + 1);
            assertThat(broken(changed)).as(claim).anyMatch(told -> told.contains(name));
        }
    }

    @Test
    void shouldSeeWhenWhatWasSeenTwiceDisagrees() throws IOException {
        for (String seen : List.of(
                "/groups/0/counts/sent",
                "/groups/0/counts/received",
                "/groups/0/counts/receipts",
                "/groups/0/counts/receipts_missing",
                "/groups/0/counts/receipt_delivered",
                "/groups/0/counts/misdelivered",
                "/groups/0/outcomes/delivered",
                "/series/1/groups/0/sent",
                "/series/1/groups/0/received",
                "/series/1/seconds",
                "/connecting/ready")) {
            assertThat(broken(changed(seen))).as(seen).isNotEmpty();
        }
    }

    @Test
    void shouldSeeAnotherHistogram() throws IOException {
        ObjectNode tree = ResultFile.JSON.valueToTree(result);
        String other = tree.at("/groups/0/handshakes").asText();
        ((ObjectNode) tree.at("/groups/0")).put("latency", other);

        assertThat(broken(tree)).anyMatch(told -> told.contains("latencyMicros.p50"));
    }

    private static List<String> broken(JsonNode tree) throws IOException {
        return Verification.of(ResultFile.JSON.treeToValue(tree, LoadResult.class));
    }

    private static void leaves(String path, JsonNode node, List<String> into) {
        if (node instanceof ObjectNode) {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                leaves(path + '/' + entry.getKey(), entry.getValue(), into);
            }
        } else {
            into.add(path);
        }
    }

    private static JsonNode changed(String path) {
        JsonNode tree = ResultFile.JSON.valueToTree(result);
        int slash = path.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) tree.at(path.substring(0, slash));
        String name = path.substring(slash + 1);
        JsonNode value = parent.path(name);
        if (value.isBoolean()) {
            parent.put(name, !value.asBoolean());
        } else if (value instanceof ArrayNode array) {
            array.add("unicast: lost 1");
        } else if (value.isIntegralNumber()) {
            parent.put(name, value.asLong() + 1);
        } else {
            parent.put(name, value.asDouble() * 1.5 + 1);
        }
        return tree;
    }
}
