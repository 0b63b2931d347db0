package io.wsrouter.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One key of the tree: its place, its declaration and how its text becomes a value.
 *
 * @param path names of the sections and of the key, joined with dots
 * @param declared its annotation
 * @param type Java type of the value, for a list of each element
 * @param isList whether it takes a list
 * @param isOptional whether it may be absent without a default
 */
record ConfigKey(String path, Key declared, Class<?> type, boolean isList, boolean isOptional) {
    static final String ENVIRONMENT_PREFIX = "WSROUTER_";
    private static final Map<Class<?>, Kind> KINDS = Map.of(
            Duration.class, Kind.DURATION,
            boolean.class, Kind.FLAG,
            String.class, Kind.TEXT,
            Path.class, Kind.FILE,
            Secret.class, Kind.SECRET,
            SecretFile.class, Kind.SECRET_FILE,
            IpNetwork.class, Kind.NETWORK);

    String environmentName() {
        return ENVIRONMENT_PREFIX + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Path of the section it is in; empty at the top. */
    String section() {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    boolean isSecret() {
        return type == Secret.class;
    }

    boolean hasDefault() {
        return isList || !declared.value().isEmpty();
    }

    boolean isRequired() {
        return !hasDefault() && !isOptional;
    }

    KeyDoc doc() {
        String defaultText = isList ? "[]" : declared.value();
        return new KeyDoc(path, environmentName(), defaultText, expected(), declared.doc(), isSecret());
    }

    /** What the key accepts, in words that continue "expected". */
    String expected() {
        return isList ? "a list such as [a, b], each " + expectedItem() : expectedItem();
    }

    /** What each element of a list must be, or the one value. */
    String expectedItem() {
        Key.Word word = declared.word();
        boolean hasWord = word != Key.Word.NONE && word != Key.Word.HOST_NAME;
        return expectedOfType() + (hasWord ? ", or " + word.text() : "");
    }

    private String expectedOfType() {
        return switch (kind()) {
            case COUNT -> Unit.COUNT.expected(declared);
            case SIZE -> Unit.BYTES.expected(declared);
            case DURATION -> Unit.MICROSECONDS.expected(declared);
            case FLAG -> "true or false";
            case TEXT -> declared.expected();
            case CHOICE -> "one of " + choices().map(Object::toString).collect(Collectors.joining(", "));
            case FILE -> "a file that can be read";
            case SECRET -> "at least " + Secret.MIN_BYTES + " bytes";
            case NETWORK -> "an IP address or a network such as 10.0.0.0/8";
            case SECRET_FILE -> "a file that can be read and holds at least " + Secret.MIN_BYTES + " bytes";
        };
    }

    /** The value that a text stands for, or null when the key does not accept it. */
    @Nullable
    Object parse(String text) {
        if (declared.word() != Key.Word.NONE && text.equals(declared.word().text())) {
            return wordValue();
        }
        try {
            return switch (kind()) {
                case COUNT -> number(Unit.COUNT.parse(text, declared));
                case SIZE -> number(Unit.BYTES.parse(text, declared));
                case DURATION -> duration(Unit.MICROSECONDS.parse(text, declared));
                case FLAG -> text.matches("true|false") ? Boolean.valueOf(text) : null;
                case TEXT -> text.matches(declared.pattern()) ? text : null;
                case CHOICE ->
                    choices()
                            .filter(choice -> choice.toString().equals(text))
                            .findAny()
                            .orElse(null);
                case FILE -> readable(Path.of(text));
                case SECRET -> Secret.of(text);
                case NETWORK -> IpNetwork.parse(text);
                case SECRET_FILE -> readable(new SecretFile(Path.of(text)));
            };
        } catch (IllegalArgumentException | IOException e) {
            return null; // too short, not a path, or not a file that can be read
        }
    }

    private Object wordValue() {
        return switch (declared.word()) {
            case AUTO -> RouterConfig.Limits.AUTO;
            case UNLIMITED -> RouterConfig.Limits.UNLIMITED;
            case PROCESSORS -> Runtime.getRuntime().availableProcessors();
            case HOST_NAME -> HostName.ofThisMachine();
            case NONE -> throw new IllegalStateException(path + " has no word");
        };
    }

    private @Nullable Object number(OptionalLong number) {
        if (number.isEmpty()) {
            return null;
        }
        return type == int.class ? (Object) Math.toIntExact(number.getAsLong()) : (Object) number.getAsLong();
    }

    private static @Nullable Duration duration(OptionalLong micros) {
        return micros.isPresent() ? Duration.of(micros.getAsLong(), ChronoUnit.MICROS) : null;
    }

    private static @Nullable Path readable(Path file) {
        return Files.isRegularFile(file) && Files.isReadable(file) ? file : null;
    }

    private static SecretFile readable(SecretFile file) throws IOException {
        file.read();
        return file;
    }

    private Stream<?> choices() {
        return Stream.of(type.getEnumConstants());
    }

    private Kind kind() {
        if (type == int.class || type == long.class) {
            return declared.bytes() ? Kind.SIZE : Kind.COUNT;
        }
        return type.isEnum() ? Kind.CHOICE : requireNonNull(KINDS.get(type), () -> path + ": no such kind of value");
    }

    /** How a value is written. */
    private enum Kind {
        COUNT,
        SIZE,
        DURATION,
        FLAG,
        TEXT,
        CHOICE,
        FILE,
        SECRET,
        SECRET_FILE,
        NETWORK
    }
}
