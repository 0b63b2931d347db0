package io.wsrouter.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Gets the text of a JWKS over HTTP: one request, no redirect, bounded in time and size. Used by one thread. */
final class JwksFetch {

    static final int MAX_BYTES = 256 * 1024;

    /** From connect to the last byte; well under the handshake's timeout, since tokens wait for it. */
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final URI url;
    private final Duration timeout;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();

    JwksFetch(URI url, Duration timeout) {
        this.url = url;
        this.timeout = timeout;
    }

    /**
     * Blocks until the answer is there.
     *
     * @throws IOException when there is none within the timeout, its status is not 200 or it is larger than {@value #MAX_BYTES}
     *     bytes
     */
    String text() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, head -> new BoundedBody(head.statusCode()));
        try {
            return new String(
                    answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS).body(), UTF_8);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause()), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Takes the body of a 200, and at most so much of it. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {

        private final int status;
        private final CompletableFuture<byte[]> result = new CompletableFuture<>();
        private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        private Runnable cancel = () -> {};

        BoundedBody(int status) {
            this.status = status;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return result;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            cancel = subscription::cancel;
            if (status == 200) {
                subscription.request(Long.MAX_VALUE);
            } else {
                fail("it answers " + status + " (expected 200; redirects are not followed)");
            }
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (part.remaining() > bytes.remaining()) {
                    fail("its answer is larger than " + MAX_BYTES + " bytes");
                    return;
                }
                bytes.put(part);
            }
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            byte[] body = new byte[bytes.position()];
            bytes.flip().get(body);
            result.complete(body);
        }

        private void fail(String why) {
            cancel.run();
            result.completeExceptionally(new IOException(why));
        }
    }
}
