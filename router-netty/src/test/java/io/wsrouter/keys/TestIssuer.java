package io.wsrouter.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** An issuer of tokens with ES256 keys of its own, and the HTTP server of loopback that publishes them as a JWKS. */
final class TestIssuer implements AutoCloseable {

    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger fetches = new AtomicInteger();
    private final Map<String, KeyPair> keys = new LinkedHashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile byte[] body = new byte[0];
    private volatile int status = 200;
    private volatile boolean isSilent;

    TestIssuer(String... keyIds) {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(threads);
        http.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            if (isSilent) {
                awaitEnd();
            }
            byte[] answer = body;
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer);
            }
        });
        http.start();
        publish(keyIds);
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/jwks";
    }

    /** How often it was asked. */
    int fetches() {
        return fetches.get();
    }

    /** Publishes the keys of these kids, and makes those that it has not made yet. */
    synchronized void publish(String... keyIds) {
        answer(200, jwks(keyIds));
    }

    synchronized String jwks(String... keyIds) {
        return Arrays.stream(keyIds).map(id -> jwk(id, key(id))).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    void answer(int newStatus, String newBody) {
        body = newBody.getBytes(UTF_8);
        status = newStatus;
    }

    /** It accepts and never answers. */
    void fallSilent() {
        isSilent = true;
    }

    /** A token for {@code user}, signed with the key of {@code keyId}, which need not be published. */
    String token(String keyId, String user) {
        return sign("ES256", "SHA256withECDSAinP1363Format", key(keyId), keyId, user);
    }

    /** A token of an algorithm of the JCA; for PSS it is the name of the hash. */
    static String sign(String alg, String jcaName, KeyPair key, String keyId, String user) {
        String kid = keyId == null ? "" : ",\"kid\":\"" + keyId + '"';
        String signed = base64Url(("{\"alg\":\"" + alg + '"' + kid + '}').getBytes(UTF_8))
                + '.'
                + base64Url(
                        ("{\"sub\":\"" + user + "\",\"exp\":" + (Instant.now().getEpochSecond() + 600) + '}')
                                .getBytes(UTF_8));
        try {
            boolean isPss = jcaName.startsWith("SHA-");
            Signature signature = Signature.getInstance(isPss ? "RSASSA-PSS" : jcaName);
            if (isPss) {
                MGF1ParameterSpec mask = new MGF1ParameterSpec(jcaName);
                int saltLength = Integer.parseInt(jcaName.substring(4)) / 8;
                signature.setParameter(new PSSParameterSpec(jcaName, "MGF1", mask, saltLength, 1));
            }
            signature.initSign(key.getPrivate());
            signature.update(signed.getBytes(UTF_8));
            return signed + '.' + base64Url(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private synchronized KeyPair key(String keyId) {
        return keys.computeIfAbsent(keyId, id -> ec("secp256r1"));
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A public key as a JWK. */
    static String jwk(String keyId, KeyPair pair) {
        String members;
        if (pair.getPublic() instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            members = "\"kty\":\"EC\",\"crv\":\"P-" + bits + "\",\"x\":\""
                    + fixed(ec.getW().getAffineX(), (bits + 7) / 8) + "\",\"y\":\""
                    + fixed(ec.getW().getAffineY(), (bits + 7) / 8) + '"';
        } else if (pair.getPublic() instanceof RSAPublicKey rsa) {
            members = "\"kty\":\"RSA\",\"n\":\""
                    + fixed(rsa.getModulus(), rsa.getModulus().bitLength() / 8) + "\",\"e\":\""
                    + base64Url(rsa.getPublicExponent().toByteArray()) + '"';
        } else if (pair.getPublic() instanceof EdECPublicKey) {
            byte[] encoded = pair.getPublic().getEncoded();
            members = "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                    + base64Url(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)) + '"';
        } else {
            throw new AssertionError(pair.getPublic().getAlgorithm());
        }
        return "{\"kid\":\"" + keyId + "\",\"use\":\"sig\"," + members + '}';
    }

    private static String fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] result = new byte[length];
        int skipped = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, skipped, result, length - bytes.length + skipped, bytes.length - skipped);
        return base64Url(result);
    }

    static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody listens any more. */
    @Override
    public void close() {
        end.countDown();
        http.stop(0);
        threads.shutdownNow();
    }
}
