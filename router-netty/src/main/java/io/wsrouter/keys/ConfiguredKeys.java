package io.wsrouter.keys;

import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import io.wsrouter.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys and rules that the section {@code auth} of the configuration names. */
public final class ConfiguredKeys {

    private ConfiguredKeys() {}

    /**
     * Reads the keys.
     *
     * @throws IllegalArgumentException naming the file and what was expected
     */
    public static KeyRing read(RouterConfig.Auth auth) {
        KeyRing.Builder keys = KeyRing.builder();
        Secret secret = hmacSecret(auth);
        if (secret != null) {
            keys.hmacSecret(secret.bytes());
        }
        for (Path file : auth.publicKeyFiles()) {
            keys.pem(file.toString(), text(file));
        }
        return keys.build();
    }

    /**
     * The HMAC secret, from the configuration or its file; null when there is none.
     *
     * @throws IllegalArgumentException naming the file when it cannot be read
     */
    public static @Nullable Secret hmacSecret(RouterConfig.Auth auth) {
        SecretFile file = auth.hmacSecretFile();
        try {
            return file == null ? auth.hmacSecret() : file.read();
        } catch (IOException e) {
            throw new IllegalArgumentException("auth.hmac-secret-file " + file + ": cannot be read", e);
        }
    }

    /** What is demanded of a token beyond its signature. */
    public static JwtRules rules(RouterConfig.Auth auth) {
        return new JwtRules(
                auth.algorithms().stream().map(JwtAlgorithm::parse).collect(Collectors.toUnmodifiableSet()),
                auth.issuer(),
                auth.audience());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("auth.public-key-files " + file + ": cannot be read", e);
        }
    }
}
