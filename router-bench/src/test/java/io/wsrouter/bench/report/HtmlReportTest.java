package io.wsrouter.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wsrouter.bench.load.GroupPlan;
import io.wsrouter.bench.load.LoadPlan;
import io.wsrouter.bench.load.LoadResult;
import io.wsrouter.bench.load.LoadRun;
import io.wsrouter.bench.load.LoadScenario;
import io.wsrouter.bench.load.LoadTarget;
import io.wsrouter.bench.load.ResultFile;
import io.wsrouter.config.Secret;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** The page of a short real run, and of results that were changed. */
class HtmlReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE = "<script>alert('1')</script>\"&\u0001";

    @TempDir
    private static Path directory;

    private static LoadResult result;

    @BeforeAll
    static void run() throws IOException {
        GroupPlan unicast = new GroupPlan("unicast", LoadScenario.UNICAST, 10, 0, 2, 400, 0, 128, true, 0, 0, 0);
        GroupPlan fanout = new GroupPlan("fanout", LoadScenario.FANOUT, 10, 2, 1, 50, 0, 64, false, 0, 0, 0);
        try (TestServer server = TestServer.start("limits.messages-per-second=unlimited")) {
            result = LoadRun.run(
                    LoadPlan.of("ws-router", 7, List.of(unicast, fanout)).lasting(0.2, 1),
                    LoadTarget.of(
                            "ws://127.0.0.1:" + server.router().publicPort() + "/ws",
                            Secret.of(TestServer.SECRET),
                            List.of(ProcessHandle.current().pid())),
                    List.of("scripts/bench", "load", "mix", "a file.yaml"));
        }
    }

    @Test
    void shouldSayThatAllHolds() throws IOException {
        assertThat(result.claims().faults()).isEmpty();
        Element page = page(result);

        assertThat(text(page, "h1")).containsExactly("unicast, fanout: all holds");
        assertThat(page.getTextContent()).contains("was recomputed from the raw parts");
        assertThat(Xml.all(page, "svg")).hasSizeGreaterThanOrEqualTo(8);
        assertThat(text(page, "pre"))
                .containsExactly(
                        "scripts/bench load mix 'a file.yaml' --seed 7", "scripts/bench verify 'the result.json'");
    }

    @Test
    void shouldNeedNothingElse() throws IOException {
        String html = HtmlReport.of(result, Path.of("result.json"));

        assertThat(html.substring(0, 16)).isEqualTo("<!DOCTYPE html>\n");
        String withoutNamespace = html.replace("http://www.w3.org/2000/svg", "");
        for (String foreign : List.of("<script", "http:", "https:", "@import", "url(", "NaN", "Infinity")) {
            assertThat(withoutNamespace.contains(foreign)).as(foreign).isFalse();
        }
        assertThat(html.equals(HtmlReport.of(result, Path.of("result.json")))).isTrue();
    }

    @Test
    void shouldShowEveryClaimAsInTheFile() throws IOException {
        ObjectNode tree = tree();
        List<Number> numbers = new ArrayList<>();
        setNumbers(tree.at("/claims"), numbers);
        tree.at("/groups").forEach(group -> setNumbers(group.at("/claims"), numbers));
        Element page = page(read(tree));

        assertThat(numbers).hasSizeGreaterThan(60);
        List<String> values = Xml.all(page, "data").stream()
                .map(data -> data.getAttribute("value"))
                .toList();
        String words = page.getTextContent();
        assertThat(numbers)
                .allSatisfy(number -> assertThat(values.contains(number.toString())
                                || words.contains(String.format(Locale.ROOT, " %,d ", number.longValue())))
                        .as("%s", number)
                        .isTrue());
        assertThat(words).contains("These figures do not follow");
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        ObjectNode tree = tree();
        ((ObjectNode) tree.at("/claims")).put("holds", false).putArray("faults").add("unicast: lost 3");

        Element page = page(read(tree));
        assertThat(text(page, "h1")).containsExactly("unicast, fanout: 1 fault");
        assertThat(text(page, "li")).contains("unicast: lost 3");
    }

    @Test
    void shouldEscapeWhatCameFromOutside() throws IOException {
        ObjectNode tree = tree();
        int changed = setTexts(tree, "");
        Element page = page(read(tree));

        assertThat(changed).isGreaterThan(20);
        assertThat(Xml.all(page, "script")).isEmpty();
        assertThat(page.getTextContent()).contains(HOSTILE.replace('\u0001', '\uFFFD'));
    }

    @Test
    void shouldHideSecrets() throws IOException {
        ObjectNode tree = tree();
        String secret = "kept-to-ourselves";
        List<String> arguments = List.of("--set", "auth.hmac-secret=" + secret, "--token", secret);
        for (String at :
                List.of("/run/command", "/server/settings", "/server/processes/0/command", "/load/0/process/flags")) {
            ArrayNode list = (ArrayNode) tree.at(at);
            arguments.forEach(list::add);
        }
        ((ObjectNode) tree.at("/server")).put("url", "ws://user:" + secret + "@127.0.0.1/ws?access_token=" + secret);

        String html = HtmlReport.of(read(tree), Path.of("result.json"));
        assertThat(html.contains("(hidden)")).isTrue();
        assertThat(html.contains(secret)).as("the secret is shown").isFalse();
    }

    @Test
    void shouldRefuseResultWithGroupsMissing() throws IOException {
        ObjectNode tree = tree();
        ((ArrayNode) tree.at("/groups")).remove(1);
        LoadResult damaged = read(tree);

        assertThatThrownBy(() -> HtmlReport.of(damaged, Path.of("result.json")))
                .hasMessage("result.json: not as many groups everywhere as in its plan, which has 2");
    }

    @Test
    void shouldGoBesideItsResult() {
        assertThat(HtmlReport.beside(Path.of("a/b.json"))).isEqualTo(Path.of("a/b.html"));
        assertThat(HtmlReport.beside(Path.of("b.html"))).isEqualTo(Path.of("b.html.html"));
        assertThat(HtmlReport.beside(Path.of("b"))).isEqualTo(Path.of("b.html"));
    }

    // ---- results and pages

    private static Element page(LoadResult of) throws IOException {
        return Xml.parse(HtmlReport.of(of, Path.of("the result.json")));
    }

    private static List<String> text(Element page, String element) {
        return Xml.all(page, element).stream().map(Element::getTextContent).toList();
    }

    private static ObjectNode tree() {
        return JSON.valueToTree(result);
    }

    private static LoadResult read(ObjectNode tree) throws IOException {
        Path file = Files.createTempFile(directory, "result", ".json");
        JSON.writeValue(file.toFile(), tree);
        return ResultFile.read(file);
    }

    /** Gives each number below a value of its own; percentiles of nothing are not shown and stay. */
    private static void setNumbers(JsonNode node, List<Number> set) {
        if (node.path("count").asLong(1) == 0) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            int next = 1_000_003 + 1_009 * set.size();
            if (entry.getValue().isIntegralNumber()) {
                ((ObjectNode) node).put(entry.getKey(), next);
                set.add(next);
            } else if (entry.getValue().isNumber()) {
                ((ObjectNode) node).put(entry.getKey(), next + 0.25);
                set.add(next + 0.25);
            } else {
                setNumbers(entry.getValue(), set);
            }
        }
    }

    /** Replaces every text that means nothing to the program, and adds a failure of that name. */
    private static int setTexts(JsonNode node, String path) {
        int changed = 0;
        if (node instanceof ObjectNode object) {
            if (object.path("failures").isObject()) {
                ((ObjectNode) object.path("failures")).put(HOSTILE, 1);
                ((ObjectNode) object.path("outcomes")).put(HOSTILE, 1);
            }
            for (Map.Entry<String, JsonNode> entry : List.copyOf(object.properties())) {
                if (isFree(path + '/' + entry.getKey()) && entry.getValue().isTextual()) {
                    object.put(entry.getKey(), HOSTILE);
                    changed++;
                } else {
                    changed += setTexts(entry.getValue(), path + '/' + entry.getKey());
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual()) {
                    array.set(i, HOSTILE);
                    changed++;
                } else {
                    changed += setTexts(array.get(i), path);
                }
            }
        }
        return changed;
    }

    private static boolean isFree(String path) {
        boolean isPacked =
                path.startsWith("/series/groups") || (path.startsWith("/groups/") && !path.equals("/groups/name"));
        return !isPacked && !path.equals("/format") && !path.endsWith("/scenario");
    }
}
