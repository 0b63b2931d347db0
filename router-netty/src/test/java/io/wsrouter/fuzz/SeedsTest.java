package io.wsrouter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.codec.EnvelopeFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** The inputs that fuzzing starts from and what it once found, without the fuzzer. {@code scripts/fuzz} runs it. */
final class SeedsTest {

    private static final Path SEEDS =
            Path.of(System.getProperty("basedir", ".")).resolve("src/test/resources/fuzz");

    @TestFactory
    Stream<DynamicTest> shouldSurviveEnvelopes() throws IOException {
        return replay("envelope", EnvelopeFuzz::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveTokens() throws IOException {
        return replay("token", TokenFuzz::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldSurviveHandshakes() throws IOException {
        return replay("handshake", HandshakeFuzz::fuzzerTestOneInput);
    }

    private static Stream<DynamicTest> replay(String target, ThrowingConsumer<byte[]> fuzz) throws IOException {
        List<Path> seeds;
        try (Stream<Path> files = Files.list(SEEDS.resolve(target))) {
            seeds = files.sorted().toList();
        }
        assertThat(seeds).as("seeds of " + target).isNotEmpty();
        return seeds.stream()
                .map(seed -> DynamicTest.dynamicTest(
                        seed.getFileName().toString(), () -> fuzz.accept(Files.readAllBytes(seed))));
    }
}
