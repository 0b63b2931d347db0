package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoop;
import io.wsrouter.auth.Grants;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes batches of lines over the internal port, the next one when the last is answered, at most at a fixed rate. Belongs
 * to the loop that it is given.
 */
final class HttpFlood {

    private static final int LINES = 100;
    private static final int TICK_MILLIS = 5;
    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TOKEN_TTL = Duration.ofHours(1);

    private final Ledger ledger;
    private final int payloadBytes;
    private final double perSecond;
    private final IntSupplier users;
    private final EventLoop loop;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI uri;
    private final String token;
    private @Nullable ScheduledFuture<?> ticks;
    private boolean isUnderWay;
    private long startNanos;
    private long due;
    private int failures;

    /** A publisher that has not begun. */
    HttpFlood(
            Ledger ledger,
            double perSecond,
            int payloadBytes,
            IntSupplier users,
            RouterProcess router,
            Grants grants,
            EventLoop loop) {
        this.ledger = ledger;
        this.perSecond = perSecond;
        this.payloadBytes = payloadBytes;
        this.users = users;
        this.loop = loop;
        this.uri = URI.create("http://127.0.0.1:" + router.internalPort() + "/v1/publish");
        this.token = LoadClient.minter(router).mint("http" + ledger.publisher(), TOKEN_TTL, grants);
    }

    Ledger ledger() {
        return ledger;
    }

    /** Batches that were not answered with receipts. */
    int failures() {
        return failures;
    }

    /** Begins. Any thread. */
    void start() {
        loop.execute(() -> {
            startNanos = System.nanoTime();
            ticks = loop.scheduleAtFixedRate(this::onTick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    void stop() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    private void onTick() {
        long lines = (long) ((System.nanoTime() - startNanos) / 1e9 * perSecond);
        if (lines - due < LINES) {
            return;
        }
        due += LINES;
        if (!isUnderWay) {
            isUnderWay = true;
            post();
        }
    }

    private void post() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            Payload payload = ledger.add(users.getAsInt(), System.nanoTime());
            body.append('{')
                    .append(PacedPublisher.fields(payload, "normal", payloadBytes))
                    .append("}\n");
        }
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/x-ndjson")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .whenCompleteAsync((response, failure) -> onAnswer(response), loop);
    }

    private void onAnswer(@Nullable HttpResponse<String> response) {
        isUnderWay = false;
        if (response == null || response.statusCode() != OK) {
            failures++;
            return;
        }
        response.body().lines().forEach(line -> {
            try {
                ledger.onPush(Push.read(line.getBytes(UTF_8)));
            } catch (IOException e) {
                failures++;
            }
        });
    }
}
