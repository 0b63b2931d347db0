package io.wsrouter.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.config.Secret;
import io.wsrouter.config.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What one place of the configuration gives to the ring; equal to another when it gives the same. Immutable. */
sealed interface KeyPart {

    /** So many bytes a file of keys has at most. */
    int MAX_FILE_BYTES = 256 * 1024;

    /**
     * Adds its keys.
     *
     * @param warnings told of keys that are skipped
     * @throws IllegalArgumentException when it holds none, or one that contradicts the others
     */
    void addTo(KeyRing.Builder keys, Consumer<String> warnings);

    /** An HMAC secret. */
    record HmacSecret(Secret secret) implements KeyPart {

        @Override
        public void addTo(KeyRing.Builder keys, Consumer<String> warnings) {
            keys.hmacSecret(secret.bytes());
        }
    }

    /** The text of a PEM file. */
    record Pem(Path file, String text) implements KeyPart {

        @Override
        public void addTo(KeyRing.Builder keys, Consumer<String> warnings) {
            keys.pem(file.toString(), text);
        }
    }

    /** The text of a JWK Set. */
    record Jwks(String text) implements KeyPart {

        @Override
        public void addTo(KeyRing.Builder keys, Consumer<String> warnings) {
            keys.jwks(text, warnings);
        }
    }

    /** A place that keys are read from. */
    interface Reader {

        /** Blocks until it is read. */
        KeyPart read() throws IOException, InterruptedException;
    }

    /** What is in the configuration itself and never changes. */
    record Fixed(KeyPart part) implements Reader {

        @Override
        public KeyPart read() {
            return part;
        }
    }

    static Reader hmacSecret(Secret secret) {
        return new Fixed(new HmacSecret(secret));
    }

    static Reader hmacSecret(SecretFile file) {
        return () -> new HmacSecret(file.read());
    }

    static Reader pem(Path file) {
        return () -> new Pem(file, text(file));
    }

    static Reader jwks(Path file) {
        return () -> new Jwks(text(file));
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes");
            }
            return new String(bytes, UTF_8);
        }
    }
}
