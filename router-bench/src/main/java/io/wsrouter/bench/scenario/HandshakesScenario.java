package io.wsrouter.bench.scenario;

import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** As many good handshakes as the machine takes, with one kind of signature after the other, and what each costs. */
@Command(name = "handshakes", description = "Handshakes a second and CPU of each, by signature algorithm.")
final class HandshakesScenario extends Scenario {

    private static final int UNDER_WAY = 64;
    private static final int FIRST_WARM_UP = 40_000;
    private static final int WARM_UP = 3_000;
    private static final int MEASURED = 10_000;
    private static final int DISTINCT_TOKENS = 500;
    private static final int SWITCHING_PROTOCOLS = 101;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Configures the router further.")
    private List<String> further = List.of();

    @Option(names = "--jwks", description = "Public keys from a JWK Set, which the tokens name, not from PEM files.")
    private boolean isJwks;

    private final List<TokenSigner> signers =
            Stream.of("RS256", "ES256", "EdDSA").map(TokenSigner::of).toList();

    HandshakesScenario() {}

    @Override
    List<String> settings() {
        List<String> settings = new ArrayList<>(further);
        settings.add(isJwks ? "auth.jwks-file=" + file(".json", jwks()) : "auth.public-key-files=[" + pemFiles() + "]");
        return settings;
    }

    private String jwks() {
        return signers.stream().map(TokenSigner::jwk).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    private String pemFiles() {
        return signers.stream()
                .map(signer -> '"' + file(".pem", signer.pem()).toString() + '"')
                .collect(Collectors.joining(", "));
    }

    private static Path file(String suffix, String text) {
        try {
            Path file = Files.createTempFile("ws-router-scenario", suffix);
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new ScenarioException("cannot write public keys", e);
        }
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        TokenMinter minter = LoadClient.minter(router);
        IntFunction<String> hmacTokens = user -> minter.mint("u" + user, Duration.ofHours(1), Grants.NONE);
        try (HandshakeClient client = new HandshakeClient(1, router)) {
            handshakes(scaled(FIRST_WARM_UP), heads(hmacTokens), client, deadline);
            verdict.say("      algorithm         handshakes/s  router CPU us  p50 us  p99 us");
            run("HS256", hmacTokens, client, router, verdict, deadline);
            for (TokenSigner signer : signers) {
                run(
                        signer.alg() + (isJwks ? " of a JWKS" : ""),
                        user -> signer.token(user, isJwks),
                        client,
                        router,
                        verdict,
                        deadline);
            }
        }
        router.terminate(verdict);
    }

    private void run(
            String name,
            IntFunction<String> tokens,
            HandshakeClient client,
            RouterProcess router,
            Verdict verdict,
            Deadline deadline)
            throws InterruptedException {
        byte[][] heads = heads(tokens);
        handshakes(scaled(WARM_UP), heads, client, deadline);
        double cpuBefore = router.cpuSeconds();
        long start = System.nanoTime();
        Round round = handshakes(scaled(MEASURED), heads, client, deadline);
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (router.cpuSeconds() - cpuBefore) * 1e6 / scaled(MEASURED);
        verdict.say(
                "      %-16s  %,12.0f  %,13.0f  %,6d  %,6d",
                name,
                scaled(MEASURED) / seconds,
                cpuMicros,
                round.latencies.getValueAtPercentile(50) / 1_000,
                round.latencies.getValueAtPercentile(99) / 1_000);
        round.refusals.stream().distinct().forEach(why -> verdict.say("        not let in: %s", why));
        verdict.equal(name + " handshakes that got in", round.gotIn.sum(), scaled(MEASURED));
    }

    private static byte[][] heads(IntFunction<String> tokens) {
        return IntStream.range(0, DISTINCT_TOKENS)
                .mapToObj(user -> HandshakeClient.upgrade(tokens.apply(user)))
                .toArray(byte[][]::new);
    }

    private record Round(LongAdder gotIn, ConcurrentHistogram latencies, Queue<String> refusals) {}

    private static Round handshakes(int count, byte[][] heads, HandshakeClient client, Deadline deadline)
            throws InterruptedException {
        Round round = new Round(new LongAdder(), new ConcurrentHistogram(3), new ConcurrentLinkedQueue<>());
        Semaphore turns = new Semaphore(UNDER_WAY);
        for (int i = 0; i < count; i++) {
            if (!turns.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new ScenarioException("timed out waiting for handshakes to end");
            }
            CompletableFuture<HandshakeClient.Answer> answer =
                    client.send(heads[i % heads.length], "127.2.0." + (1 + i % 250));
            answer.whenComplete((got, failure) -> {
                if (got != null && got.status() == SWITCHING_PROTOCOLS) {
                    round.gotIn.increment();
                    round.latencies.recordValue(got.nanos());
                } else {
                    round.refusals.add(got == null ? String.valueOf(failure) : "status " + got.status());
                }
                turns.release();
            });
        }
        if (!turns.tryAcquire(UNDER_WAY, deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new ScenarioException("timed out waiting for the last handshakes");
        }
        return round;
    }
}
