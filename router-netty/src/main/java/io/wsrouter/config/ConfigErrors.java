package io.wsrouter.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong, and finds the name that was probably meant. Stops at 100 errors. */
final class ConfigErrors {
    private static final int MAX_ERRORS = 100;

    /* A secret on a line of its own, or next to a stray colon, is read as a key: what may be one is not shown. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z_.-]{1,31}");

    private final List<ConfigError> errors = new ArrayList<>();

    void file(String source, String problem) {
        add(new ConfigError("", source, null, problem, null));
    }

    void key(String key, String source, String problem) {
        add(new ConfigError(key, source, null, problem, null));
    }

    void value(ConfigKey key, String source, String value, String problem) {
        add(new ConfigError(key.path(), source, key.isSecret() ? Secret.HIDDEN : value, problem, null));
    }

    void unknownVariable(String name, Collection<String> known) {
        if (!isFull()) {
            add(new ConfigError(name, "the environment", null, "unknown variable", nearest(name, known, '_')));
        }
    }

    void unknownKey(String path, String source, Collection<String> known) {
        if (!isFull()) {
            String nearest = nearest(path, known, '.');
            boolean isShown = nearest != null || HARMLESS.matcher(path).matches();
            add(new ConfigError(isShown ? path : Secret.HIDDEN, source, null, "unknown key", nearest));
        }
    }

    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
    }

    List<ConfigError> all() {
        return List.copyOf(errors);
    }

    void add(ConfigError error) {
        if (!isFull()) {
            errors.add(error);
        }
    }

    private boolean isFull() {
        return errors.size() >= MAX_ERRORS;
    }

    /** The known name with the fewest edits, a third of its length at most, else one that ends like the name. */
    static @Nullable String nearest(String name, Collection<String> known, char separator) {
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int allowed = Math.max(
                    2, candidate.replace(ConfigKey.ENVIRONMENT_PREFIX, "").length() / 3);
            if (Math.abs(candidate.length() - name.length()) <= allowed) {
                int edits = edits(name, candidate);
                if (edits <= allowed && edits < fewest) {
                    nearest = candidate;
                    fewest = edits;
                }
            }
        }
        return nearest != null ? nearest : endingLike(name, known, separator);
    }

    private static @Nullable String endingLike(String name, Collection<String> known, char separator) {
        String ending = separator + name.substring(name.lastIndexOf(separator) + 1);
        return known.stream()
                .filter(candidate -> candidate.endsWith(ending))
                .findFirst()
                .orElse(null);
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
