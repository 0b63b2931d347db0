package io.wsrouter.server;

import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.config.ConfigError;
import io.wsrouter.config.ConfigException;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.ConfigValue;
import io.wsrouter.config.EffectiveConfig;
import io.wsrouter.config.Inspection;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import io.wsrouter.config.SecretFile;
import io.wsrouter.keys.ConfiguredKeys;
import io.wsrouter.transport.EventLoops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be said about a configuration before a port is opened: what is wrong with its values, and with the
 * keys, certificates and limits of this machine that they name. Blocks on the disk.
 */
public final class StartCheck {

    private static final String CERTIFICATE = "public.tls.certificate";
    private static final String KEY = "public.tls.key";
    private static final String PUBLIC_KEYS = "auth.public-key-files";
    private static final String JWKS_FILE = "auth.jwks-file";
    private static final String SECRET_FILE = "auth.hmac-secret-file";
    private static final Pattern FILE_AND_LINE = Pattern.compile("(.+):[0-9]+");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");

    private final EffectiveConfig effective;
    private final RouterConfig config;
    private final List<ConfigError> errors;
    private final List<ConfigError> warnings;

    private StartCheck(Inspection inspection) {
        this.effective = inspection.sound();
        this.config = effective.config();
        this.errors = new ArrayList<>(inspection.errors());
        this.warnings = new ArrayList<>(inspection.warnings());
    }

    /** Checks all that the sources say; opens no port. */
    public static StartCheck of(ConfigSources sources) {
        StartCheck check = new StartCheck(Inspection.of(sources));
        check.run();
        return check;
    }

    /** What keeps the router from starting; empty when nothing does. */
    public List<ConfigError> errors() {
        return List.copyOf(errors);
    }

    /** What does not keep it from starting, but deserves a look. */
    public List<ConfigError> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * The checked configuration.
     *
     * @throws ConfigException with every error, when there are any
     */
    public RouterConfig config() {
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return config;
    }

    private void run() {
        boolean areValuesSound = errors.isEmpty();
        checkKeys(areValuesSound);
        if (config.publicEndpoint().tls() != null) {
            checkTls(config.publicEndpoint().tls());
        }
        checkMachine();
        warnOfReadableSecrets();
        warnOfOpenInternalPort();
    }

    // ---- tokens

    private void checkKeys(boolean areValuesSound) {
        RouterConfig.Auth auth = config.auth();
        if (!auth.hasKeys()) {
            if (areValuesSound) {
                refuse(
                        "auth",
                        "no key to verify tokens with (expected auth.hmac-secret, auth.hmac-secret-file,"
                                + " auth.public-key-files, auth.jwks-file or auth.jwks-url; serve --dev makes one up)");
            }
            return;
        }
        KeyRing.Builder keys = KeyRing.builder();
        boolean hasSecret = addSecret(keys);
        if (addPublicKeys(keys) && hasSecret) {
            checkTogether(auth);
        }
    }

    /** Judges all that is on the disk at once; each secret and PEM file is good by itself. */
    private void checkTogether(RouterConfig.Auth auth) {
        try {
            KeyRing keys = ConfiguredKeys.read(auth);
            if (auth.jwksUrl() == null) {
                checkAlgorithms(keys);
            }
        } catch (IllegalArgumentException e) {
            refuse(auth.jwksFile() == null ? "auth" : JWKS_FILE, e.getMessage());
        }
    }

    private boolean addSecret(KeyRing.Builder keys) {
        try {
            Secret secret = ConfiguredKeys.hmacSecret(config.auth());
            if (secret != null) {
                keys.hmacSecret(secret.bytes());
            }
            return true;
        } catch (IllegalArgumentException e) {
            refuse(config.auth().hmacSecretFile() == null ? "auth.hmac-secret" : SECRET_FILE, e.getMessage());
            return false;
        }
    }

    private boolean addPublicKeys(KeyRing.Builder keys) {
        boolean isComplete = true;
        for (Path file : config.auth().publicKeyFiles()) {
            try {
                keys.pem(file.toString(), Files.readString(file));
            } catch (IOException e) {
                refuse(PUBLIC_KEYS, file + ": not a text that can be read");
                isComplete = false;
            } catch (IllegalArgumentException e) {
                refuse(PUBLIC_KEYS, e.getMessage());
                isComplete = false;
            }
        }
        return isComplete;
    }

    private void checkAlgorithms(KeyRing keys) {
        List<String> idle = config.auth().algorithms().stream()
                .filter(name -> !keys.algorithms().contains(JwtAlgorithm.parse(name)))
                .toList();
        if (idle.isEmpty()) {
            return;
        }
        String problem = "no configured key verifies " + String.join(", ", idle);
        if (idle.size() == config.auth().algorithms().size()) {
            refuse("auth.algorithms", problem + " (expected some of " + keys.algorithms() + ")");
        } else {
            warn("auth.algorithms", problem);
        }
    }

    // ---- TLS

    private void checkTls(RouterConfig.Tls tls) {
        Optional<X509Certificate> certificate = CertificatePair.certificate(tls.certificate());
        certificate.ifPresentOrElse(
                this::warnOfValidity, () -> refuse(CERTIFICATE, "expected a PEM file with an X.509 certificate"));
        if (!CertificatePair.isPrivateKey(tls.key())) {
            refuse(KEY, "expected a PEM file with a private key in PKCS #8, without a passphrase");
        } else if (certificate.isPresent()
                && !CertificatePair.matches(certificate.get().getPublicKey(), tls.key())) {
            refuse(KEY, "expected the private key of the certificate in " + CERTIFICATE + ", " + tls.certificate());
        }
    }

    private void warnOfValidity(X509Certificate certificate) {
        Instant now = Instant.now();
        Instant start = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(start)) {
            warn(CERTIFICATE, "the certificate is not valid before " + start);
        } else if (now.isAfter(end)) {
            warn(CERTIFICATE, "the certificate has expired on " + end);
        }
    }

    // ---- this machine

    private void checkMachine() {
        try {
            OpenFiles.connections(config.limits().connections());
        } catch (IllegalArgumentException e) {
            refuse("limits.connections", inBrackets(String.valueOf(e.getMessage())));
        }
        try {
            EventLoops.requireAvailable(config.transport());
        } catch (IllegalStateException e) {
            refuse("transport", "not available on this machine (expected auto, or nio, which is available everywhere)");
        }
    }

    /** What a message of the form {@code value (expected ...)} expects. */
    private static String inBrackets(String message) {
        return message.substring(message.indexOf('(') + 1, message.lastIndexOf(')'));
    }

    private void warnOfReadableSecrets() {
        SecretFile secret = config.auth().hmacSecretFile();
        if (secret != null && isReadableByAll(secret.path())) {
            warn(SECRET_FILE, "every user of this machine can read this file; expected chmod 600");
        }
        RouterConfig.Tls tls = config.publicEndpoint().tls();
        if (tls != null && isReadableByAll(tls.key())) {
            warn(KEY, "every user of this machine can read this file; expected chmod 600");
        }
        Matcher inFile =
                FILE_AND_LINE.matcher(effective.value("auth.hmac-secret").source());
        if (inFile.matches() && isReadableByAll(Path.of(inFile.group(1)))) {
            warn("auth.hmac-secret", "every user of this machine can read this file; expected chmod 600");
        }
    }

    private static boolean isReadableByAll(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // judged where it is read
        }
    }

    private void warnOfOpenInternalPort() {
        if (!LOOPBACK.matcher(config.internalEndpoint().host()).matches()) {
            warn("internal.host", "health and metrics are open to whoever reaches it; expected a private network");
        }
    }

    // ---- findings

    private void refuse(String key, @Nullable String problem) {
        errors.add(finding(key, problem));
    }

    private void warn(String key, String problem) {
        warnings.add(finding(key, problem));
    }

    private ConfigError finding(String key, @Nullable String problem) {
        if (key.equals("auth")) {
            return new ConfigError("", key, null, String.valueOf(problem), null);
        }
        ConfigValue value = effective.value(key);
        return new ConfigError(key, value.source(), value.text(), String.valueOf(problem), null);
    }
}
