package io.wsrouter.keys;

import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import io.wsrouter.config.SecretFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys and rules that the section {@code auth} of the configuration names. */
public final class ConfiguredKeys {

    private ConfiguredKeys() {}

    /**
     * Reads the keys, but for those that have to be fetched.
     *
     * @throws IllegalArgumentException naming the file and what was expected
     */
    public static KeyRing read(RouterConfig.Auth auth) {
        return ring(parts(places(auth)).values(), warning -> {});
    }

    /** What is read from the disk or the configuration itself, by a name for people; not what has to be fetched. */
    static Map<String, KeyPart.Reader> places(RouterConfig.Auth auth) {
        Map<String, KeyPart.Reader> places = new LinkedHashMap<>();
        if (auth.hmacSecretFile() != null) {
            places.put(
                    "auth.hmac-secret-file " + auth.hmacSecretFile().path(), KeyPart.hmacSecret(auth.hmacSecretFile()));
        } else if (auth.hmacSecret() != null) {
            places.put("auth.hmac-secret", KeyPart.hmacSecret(auth.hmacSecret()));
        }
        auth.publicKeyFiles().forEach(file -> places.put("auth.public-key-files " + file, KeyPart.pem(file)));
        if (auth.jwksFile() != null) {
            places.put("auth.jwks-file " + auth.jwksFile(), KeyPart.jwks(auth.jwksFile()));
        }
        return places;
    }

    /** Reads every place, or throws an IllegalArgumentException that names the one that cannot be read. */
    static Map<String, KeyPart> parts(Map<String, KeyPart.Reader> places) {
        Map<String, KeyPart> parts = new LinkedHashMap<>();
        places.forEach((place, reader) -> {
            try {
                parts.put(place, reader.read());
            } catch (IOException e) {
                throw new IllegalArgumentException(place + ": cannot be read", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalArgumentException(place + ": interrupted", e);
            }
        });
        return parts;
    }

    /** The ring of the parts in their order; an earlier one wins over a later one of the same kid. */
    static KeyRing ring(Iterable<KeyPart> parts, Consumer<String> warnings) {
        KeyRing.Builder keys = KeyRing.builder();
        parts.forEach(part -> part.addTo(keys, warnings));
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
}
