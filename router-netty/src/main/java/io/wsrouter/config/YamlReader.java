package io.wsrouter.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** Reads the YAML file into settings, token by token, so that nothing is built that the tree does not know. */
final class YamlReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final YAMLFactory YAML = new YAMLFactory();

    private final Path file;
    private final KeyTree<?> tree;
    private final Map<String, Setting> settings;
    private final ConfigErrors errors;
    private final Set<String> seen = new HashSet<>();

    YamlReader(Path file, KeyTree<?> tree, Map<String, Setting> settings, ConfigErrors errors) {
        this.file = file;
        this.tree = tree;
        this.settings = settings;
        this.errors = errors;
    }

    /** Reads the file; false when a part of it could not be read. */
    boolean read() {
        try {
            String text = readText();
            return text != null && readText(text);
        } catch (NoSuchFileException e) {
            errors.file(file.toString(), "no such file");
        } catch (CharacterCodingException e) {
            errors.file(file.toString(), "not UTF-8");
        } catch (IOException e) {
            errors.file(file.toString(), "cannot be read" + (Files.isDirectory(file) ? ", it is a directory" : ""));
        }
        return false;
    }

    private @Nullable String readText() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                errors.file(file.toString(), "larger than 1MiB");
                return null;
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private boolean readText(String text) throws IOException {
        try (YAMLParser yaml = YAML.createParser(text)) {
            JsonToken first = yaml.nextToken();
            if (first == JsonToken.START_OBJECT) {
                readMapping(yaml, "");
            } else if (first != null && first != JsonToken.VALUE_NULL) {
                errors.file(source(yaml), "expected keys such as public, auth and limits");
                return false;
            }
            if (yaml.nextToken() != null) {
                errors.file(source(yaml), "a second document, where one is expected");
            }
            return true;
        } catch (JsonProcessingException e) {
            reportMalformed(e, text);
            return false;
        }
    }

    private void readMapping(YAMLParser yaml, String prefix) throws IOException {
        while (yaml.nextToken() != JsonToken.END_OBJECT) {
            String path = prefix + yaml.currentName();
            String source = source(yaml);
            yaml.nextToken();
            ConfigKey key = tree.key(path);
            if (key == null && !tree.isSection(path)) {
                errors.unknownKey(path, source, tree.paths());
                yaml.skipChildren();
            } else if (!seen.add(path)) {
                errors.key(path, source, "given a second time");
                yaml.skipChildren();
            } else if (key == null) {
                readSection(yaml, path, source);
            } else {
                readValue(yaml, key, source);
            }
        }
    }

    private void readSection(YAMLParser yaml, String path, String source) throws IOException {
        if (yaml.currentToken() == JsonToken.START_OBJECT) {
            readMapping(yaml, path + ".");
        } else if (yaml.currentToken() != JsonToken.VALUE_NULL) {
            errors.key(path, source, "a value where nested keys are expected");
            yaml.skipChildren();
        }
    }

    private void readValue(YAMLParser yaml, ConfigKey key, String source) throws IOException {
        String alien = alien(yaml);
        Setting setting = setting(yaml, source);
        if (setting != null) {
            settings.put(key.path(), setting);
        } else {
            errors.key(key.path(), source, alien + " where " + key.expected() + " is expected,");
        }
    }

    /** What a value is that is no setting. */
    private static String alien(YAMLParser yaml) throws IOException {
        if (isAliasOrTagged(yaml)) {
            return "an alias or a tag";
        }
        return yaml.currentToken() == JsonToken.VALUE_NULL ? "no value" : "nested values";
    }

    private String source(YAMLParser yaml) {
        return file + ":" + yaml.currentTokenLocation().getLineNr();
    }

    /** The setting that a text of its own holds, or null when it is neither a scalar nor a list of scalars. */
    static @Nullable Setting parse(String text, String source) {
        try (YAMLParser yaml = YAML.createParser(text)) {
            Setting setting = yaml.nextToken() == null ? null : setting(yaml, source);
            return yaml.nextToken() == null ? setting : null;
        } catch (IOException e) {
            return null; // what is wrong with it may quote a secret
        }
    }

    /** The setting at the parser's token, or null; the parser is left at the last token of it in either case. */
    private static @Nullable Setting setting(YAMLParser yaml, String source) throws IOException {
        if (yaml.currentToken() != JsonToken.START_ARRAY) {
            String text = scalar(yaml);
            return text == null ? null : Setting.scalar(text, source);
        }
        boolean isScalars = !isAliasOrTagged(yaml);
        List<String> texts = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            String text = scalar(yaml);
            if (text == null) {
                isScalars = false;
            } else {
                texts.add(text);
            }
        }
        return isScalars ? Setting.list(texts, source) : null;
    }

    private static @Nullable String scalar(YAMLParser yaml) throws IOException {
        if (isAliasOrTagged(yaml)) {
            yaml.skipChildren();
            return null;
        }
        return switch (yaml.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> yaml.getText();
            default -> {
                yaml.skipChildren();
                yield null;
            }
        };
    }

    private static boolean isAliasOrTagged(YAMLParser yaml) throws IOException {
        return yaml.isCurrentAlias() || yaml.getTypeId() != null;
    }

    private void reportMalformed(JsonProcessingException e, String text) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            reportMalformed(1 + marked.getProblemMark().getLine(), ": " + problem(marked));
        } else if (e.getCause() instanceof ReaderException unprintable) {
            IntStream before = text.codePoints().limit(unprintable.getPosition());
            reportMalformed(1 + before.filter(c -> c == '\n').count(), ": a character that is not allowed");
        } else {
            reportMalformed(e.getLocation() == null ? 1 : e.getLocation().getLineNr(), "");
        }
    }

    private void reportMalformed(long line, String problem) {
        errors.file(file + ":" + line, "malformed YAML" + problem);
    }

    /** What the parser says, without what it quotes from the file: that may be a secret. */
    private static String problem(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem()).replaceFirst("(tag handle) .*", "$1");
        return e.getContextMark() == null
                ? problem
                : e.getContext() + " from line " + (1 + e.getContextMark().getLine()) + ": " + problem;
    }
}
