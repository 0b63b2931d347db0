package io.wsrouter.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where configuration comes from: a file, overridden by the environment, overridden by assignments, key by key.
 *
 * <p>Immutable; each method returns a new one. Nothing is read or judged before {@link RouterConfig#load}.
 *
 * <pre>{@code
 * RouterConfig config = RouterConfig.load(ConfigSources.of()
 *         .file(Path.of("router.yaml"))
 *         .environment(System.getenv())
 *         .set("limits.message-bytes=128KiB")
 *         .set("public.port", 0));
 * }</pre>
 */
public final class ConfigSources {
    private static final ConfigSources NONE = new ConfigSources(null, Map.of(), List.of());

    private final @Nullable Path file;
    private final Map<String, String> environment;
    private final List<String> assignments;

    private ConfigSources(@Nullable Path file, Map<String, String> environment, List<String> assignments) {
        this.file = file;
        this.environment = environment;
        this.assignments = assignments;
    }

    /** No source at all: every key at its default. */
    public static ConfigSources of() {
        return NONE;
    }

    /** Reads this YAML file, in place of any named before: UTF-8, at most 1 MiB, without aliases and tags. */
    public ConfigSources file(Path yaml) {
        return new ConfigSources(yaml, environment, assignments);
    }

    /**
     * Heeds the variables that start with {@code WSROUTER_}, in place of any given before. Values are taken literally,
     * lists are separated by commas; a variable that names no key is an error.
     */
    public ConfigSources environment(Map<String, String> variables) {
        return new ConfigSources(file, Map.copyOf(variables), assignments);
    }

    /**
     * Adds what an operator gives to {@code --set}: {@code path=value}, the value a YAML scalar or a list such as
     * {@code [a, b]}. The last assignment to a key counts.
     */
    public ConfigSources set(String assignment) {
        List<String> more = new ArrayList<>(assignments);
        more.add(assignment);
        return new ConfigSources(file, environment, List.copyOf(more));
    }

    /** Assigns a value from a program: a {@code Duration}, a {@code List}, or anything else by its text, literally. */
    public ConfigSources set(String key, Object value) {
        return set(key + "=" + yaml(value));
    }

    private static String yaml(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(ConfigSources::yaml).collect(Collectors.joining(", ", "[", "]"));
        }
        return Quoted.of(value instanceof Duration duration ? duration.toMillis() + "ms" : value.toString());
    }

    @Nullable
    Path file() {
        return file;
    }

    Map<String, String> environment() {
        return environment;
    }

    List<String> assignments() {
        return assignments;
    }
}
