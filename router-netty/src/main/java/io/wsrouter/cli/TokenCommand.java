package io.wsrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import io.wsrouter.keys.ConfiguredKeys;
import io.wsrouter.keys.LiveKeys;
import io.wsrouter.routing.RouterListener;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Mints a token with the configured HMAC secret, or says what the router makes of one. Exit 1 when it is refused. */
@Command(
        name = "token",
        description =
                "Mints a token with auth.hmac-secret or auth.hmac-secret-file, or checks one with all keys of auth.",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {

    private static final int REFUSED = 1;
    private static final int NO_SECRET = 2;
    private static final int MAX_INPUT_BYTES = 64 * 1024;

    @Mixin
    private ConfigOptions options;

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    /** What to do: mint for a user, or check. */
    private static final class Subject {

        @Option(names = "--user", paramLabel = "ID", description = "The user, the token's sub.")
        private @Nullable String user;

        @Option(
                names = "--check",
                paramLabel = "TOKEN",
                description = "Says whether the router takes this token, and if not, why and what to do."
                        + " - reads it from standard input; arguments are visible to other users of the machine.")
        private @Nullable String check;

        Subject() {}
    }

    @Option(
            names = "--ttl",
            defaultValue = "1h",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long it lasts, for example 90s, 30m, 1h or 7d; default ${DEFAULT-VALUE}.")
    private Duration ttl;

    @Option(names = "--publish", paramLabel = "PATTERN", description = "May publish there: user:bob, topic:chat.*, *")
    private List<String> publish = List.of();

    @Option(names = "--subscribe", paramLabel = "PATTERN", description = "May subscribe there: topic:chat.*")
    private List<String> subscribe = List.of();

    @Option(names = "--admin", description = "May use all of the internal port.")
    private boolean isAdmin;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    TokenCommand() {}

    @Override
    public Integer call() throws IOException {
        RouterConfig.Auth auth = RouterConfig.load(options.sources()).auth();
        return subject.check == null ? mint(auth, String.valueOf(subject.user)) : check(auth, subject.check);
    }

    private int check(RouterConfig.Auth auth, String argument) throws IOException {
        if (!auth.hasKeys()) {
            spec.commandLine().getErr().println("No key to check with. Set the auth.* that the router has.");
            return NO_SECRET;
        }
        String token =
                argument.equals("-") ? new String(System.in.readNBytes(MAX_INPUT_BYTES), UTF_8).strip() : argument;
        try (LiveKeys keys = new LiveKeys(auth)) {
            keys.start(RouterListener.NONE);
            TokenCheck.Result result =
                    new TokenCheck(ConfiguredKeys.rules(auth), keys, InstantSource.system()).check(token);
            result.lines().forEach(spec.commandLine().getOut()::println);
            return result.isGood() ? 0 : REFUSED;
        }
    }

    private int mint(RouterConfig.Auth auth, String user) {
        Secret secret = ConfiguredKeys.hmacSecret(auth);
        if (secret == null) {
            spec.commandLine()
                    .getErr()
                    .println("No secret to sign with. Set auth.hmac-secret or auth.hmac-secret-file.");
            return NO_SECRET;
        }
        TokenMinter minter = new TokenMinter(
                secret.bytes(), JwtAlgorithm.HS256, auth.issuer(), auth.audience(), InstantSource.system());
        Grants grants = new Grants(patterns(publish), patterns(subscribe), isAdmin);
        spec.commandLine().getOut().println(minter.mint(user, ttl, grants));
        return 0;
    }

    private static List<AddressPattern> patterns(List<String> texts) {
        return texts.stream().map(AddressPattern::parse).toList();
    }

    /** Reads durations such as 90s, 30m, 1h or 7d. */
    static final class DurationConverter implements ITypeConverter<Duration> {

        private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

        DurationConverter() {}

        @Override
        public Duration convert(String text) {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("\"" + text + "\" (expected a duration such as 90s, 30m, 1h or 7d)");
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
    }
}
