package io.wsrouter.cli;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import io.wsrouter.keys.ConfiguredKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Mints a token with the configured HMAC secret. */
@Command(
        name = "token",
        description = "Mints a token with auth.hmac-secret or auth.hmac-secret-file.",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {

    private static final int NO_SECRET = 2;

    @Mixin
    private ConfigOptions options;

    @Option(names = "--user", required = true, paramLabel = "ID", description = "The user, the token's sub.")
    private String user;

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
    public Integer call() {
        ConfigSources sources = options.sources();
        RouterConfig.Auth auth = RouterConfig.load(sources).auth();
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
