package io.wsrouter.bench.scenario;

import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** As many good handshakes as the machine takes, with one kind of signature after the other, and what each costs. */
@Command(name = "handshakes", description = "Handshakes a second and CPU of each, by signature algorithm.")
final class HandshakesScenario extends Scenario {

    private static final int UNDER_WAY = 64;
    private static final int WARM_UP = 3_000;
    private static final int MEASURED = 10_000;
    private static final int DISTINCT_TOKENS = 500;
    private static final int SWITCHING_PROTOCOLS = 101;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Configures the router further.")
    private List<String> further = List.of();

    private final List<TokenSigner> signers = List.of(
            TokenSigner.ofPem("RS256"),
            TokenSigner.ofPem("ES256"),
            TokenSigner.ofPem("EdDSA"),
            TokenSigner.ofJwks("RS256", "rsa"),
            TokenSigner.ofJwks("ES256", "ec"));

    HandshakesScenario() {}

    @Override
    List<String> settings() {
        List<String> settings = new ArrayList<>();
        String pemFiles = signers.stream()
                .filter(signer -> signer.kid() == null)
                .map(signer -> '"' + file(".pem", signer.pem()).toString() + '"')
                .collect(Collectors.joining(", "));
        settings.add("auth.public-key-files=[" + pemFiles + "]");
        String keys = signers.stream()
                .filter(signer -> signer.kid() != null)
                .map(TokenSigner::jwk)
                .collect(Collectors.joining(","));
        settings.add("auth.jwks-file=" + file(".json", "{\"keys\":[" + keys + "]}"));
        settings.addAll(further);
        return settings;
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
        verdict.say("      algorithm   handshakes/s  router CPU us  p50 us  p99 us");
        try (HandshakeClient client = new HandshakeClient(1, router)) {
            run(
                    "HS256",
                    user -> minter.mint("u" + user, Duration.ofHours(1), Grants.NONE),
                    client,
                    router,
                    verdict,
                    deadline);
            for (TokenSigner signer : signers) {
                run(signer.name(), signer::token, client, router, verdict, deadline);
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
        byte[][] heads = new byte[DISTINCT_TOKENS][];
        for (int user = 0; user < heads.length; user++) {
            heads[user] = HandshakeClient.upgrade(tokens.apply(user));
        }
        handshakes(scaled(WARM_UP), heads, client, deadline);
        double cpuBefore = router.cpuSeconds();
        long start = System.nanoTime();
        Round round = handshakes(scaled(MEASURED), heads, client, deadline);
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (router.cpuSeconds() - cpuBefore) * 1e6 / scaled(MEASURED);
        verdict.say(
                "      %-10s  %,12.0f  %,13.0f  %,6d  %,6d",
                name,
                scaled(MEASURED) / seconds,
                cpuMicros,
                round.latencies.getValueAtPercentile(50) / 1_000,
                round.latencies.getValueAtPercentile(99) / 1_000);
        verdict.equal(name + " handshakes that got in", round.gotIn.sum(), scaled(MEASURED));
    }

    private record Round(LongAdder gotIn, ConcurrentHistogram latencies) {}

    private static Round handshakes(int count, byte[][] heads, HandshakeClient client, Deadline deadline)
            throws InterruptedException {
        Round round = new Round(new LongAdder(), new ConcurrentHistogram(3));
        Semaphore turns = new Semaphore(UNDER_WAY);
        for (int i = 0; i < count; i++) {
            if (!turns.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new ScenarioException("timed out waiting for handshakes to end");
            }
            CompletableFuture<HandshakeClient.Answer> answer =
                    client.send(heads[i % heads.length], "127.2.0." + (1 + i % 250));
            answer.whenComplete((got, failure) -> {
                turns.release();
                if (got != null && got.status() == SWITCHING_PROTOCOLS) {
                    round.gotIn.increment();
                    round.latencies.recordValue(got.nanos());
                }
            });
        }
        if (!turns.tryAcquire(UNDER_WAY, deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new ScenarioException("timed out waiting for the last handshakes");
        }
        return round;
    }
}
