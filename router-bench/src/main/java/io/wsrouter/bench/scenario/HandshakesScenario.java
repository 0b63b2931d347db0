package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
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

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Configures the router further, for example auth.jwks-file.")
    private List<String> further = List.of();

    private final Map<String, Signer> signers = new LinkedHashMap<>();

    HandshakesScenario() throws GeneralSecurityException {
        signers.put("RS256", new Signer("RS256", "SHA256withRSA", pair("RSA", 2048)));
        signers.put("ES256", new Signer("ES256", "SHA256withECDSAinP1363Format", pair("EC", 256)));
        signers.put("EdDSA", new Signer("EdDSA", "Ed25519", pair("Ed25519", 0)));
    }

    private static KeyPair pair(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair();
    }

    /** Makes tokens with a private key of its own. */
    private record Signer(String alg, String signature, KeyPair keys) {

        String token(int user) {
            String input = base64Url("{\"alg\":\"" + alg + "\"}")
                    + '.'
                    + base64Url("{\"sub\":\"u" + user + "\",\"exp\":"
                            + Instant.now().plusSeconds(3600).getEpochSecond() + "}");
            try {
                Signature signer = Signature.getInstance(signature);
                signer.initSign(keys.getPrivate());
                signer.update(input.getBytes(US_ASCII));
                return input + '.' + Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
            } catch (GeneralSecurityException e) {
                throw new ScenarioException("cannot sign with " + alg, e);
            }
        }

        String pem() {
            return "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";
        }

        private static String base64Url(String text) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
        }
    }

    @Override
    List<String> settings() {
        try {
            StringBuilder files = new StringBuilder();
            for (Signer signer : signers.values()) {
                Path file = Files.createTempFile("ws-router-scenario", ".pem");
                file.toFile().deleteOnExit();
                files.append(files.isEmpty() ? "" : ", ")
                        .append('"')
                        .append(Files.writeString(file, signer.pem()))
                        .append('"');
            }
            List<String> settings = new ArrayList<>(List.of("auth.public-key-files=[" + files + "]"));
            settings.addAll(further);
            return settings;
        } catch (IOException e) {
            throw new ScenarioException("cannot write public keys", e);
        }
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        TokenMinter minter = LoadClient.minter(router);
        verdict.say("      algorithm  handshakes/s  router CPU us  p50 us  p99 us");
        try (HandshakeClient client = new HandshakeClient(1, router)) {
            run(
                    "HS256",
                    user -> minter.mint("u" + user, Duration.ofHours(1), Grants.NONE),
                    client,
                    router,
                    verdict,
                    deadline);
            for (Signer signer : signers.values()) {
                run(signer.alg(), signer::token, client, router, verdict, deadline);
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
                "      %-9s  %,12.0f  %,13.0f  %,6d  %,6d",
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
