package io.wsrouter.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Merges the sources key by key, judges what counts, and binds it: one instance for one load. */
final class ConfigLoader {
    static final KeyTree<RouterConfig> TREE = new KeyTree<>(RouterConfig.class);

    static final String DEFAULT = "default";
    static final String SET = "--set";
    private static final Pattern KEY = Pattern.compile("[a-z.-]+");

    private final ConfigErrors errors = new ConfigErrors();
    private final ConfigErrors warnings = new ConfigErrors();
    private final Map<String, Setting> settings = new HashMap<>();
    private final Map<String, Object> values = new HashMap<>();

    EffectiveConfig load(ConfigSources sources) {
        EffectiveConfig sound = inspect(sources).sound();
        errors.throwIfAny();
        return sound;
    }

    Inspection inspect(ConfigSources sources) {
        Path file = sources.file();
        boolean isWhole = file == null || new YamlReader(file, TREE, settings, errors).read();
        readEnvironment(sources.environment());
        sources.assignments().forEach(this::readAssignment);
        TREE.keys().forEach(this::judge);
        if (isWhole) {
            TREE.keys().forEach(this::requireWithSiblings);
        }
        new Contradictions(values, settings, errors, warnings).find();
        TREE.keys().forEach(this::fallBack);
        EffectiveConfig sound = new EffectiveConfig(TREE.bind(values, withoutHalfSections()), effectiveValues());
        return new Inspection(sound, errors.all(), warnings.all());
    }

    private void fallBack(ConfigKey key) {
        if (values.containsKey(key.path()) || !key.hasDefault()) {
            return;
        }
        Object value = key.isList() ? List.of() : key.parse(key.declared().value());
        values.put(key.path(), Objects.requireNonNull(value, key.path()));
    }

    /** The keys that are set, but for those of sections in which a required one has no value. */
    private Set<String> withoutHalfSections() {
        Set<String> halfSections = TREE.keys().stream()
                .filter(key -> key.isRequired() && !values.containsKey(key.path()))
                .map(ConfigKey::section)
                .collect(Collectors.toSet());
        return TREE.keys().stream()
                .filter(key -> settings.containsKey(key.path()) && !halfSections.contains(key.section()))
                .map(ConfigKey::path)
                .collect(Collectors.toSet());
    }

    private void readEnvironment(Map<String, String> environment) {
        Map<String, ConfigKey> byName = new LinkedHashMap<>();
        TREE.keys().forEach(key -> byName.put(key.environmentName(), key));
        new TreeMap<>(environment).forEach((name, text) -> {
            ConfigKey key = byName.get(name);
            if (key != null) {
                settings.put(key.path(), key.isList() ? list(text, name) : Setting.scalar(text, name));
            } else if (name.startsWith(ConfigKey.ENVIRONMENT_PREFIX)) {
                errors.unknownVariable(name, byName.keySet());
            }
        });
    }

    private static Setting list(String text, String source) {
        List<String> elements = new ArrayList<>();
        if (!text.isBlank()) {
            for (String element : text.split(",", -1)) {
                elements.add(element.strip());
            }
        }
        return Setting.list(elements, source);
    }

    private void readAssignment(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 0) {
            errors.file(SET, withoutEquals(assignment));
            return;
        }
        String path = assignment.substring(0, equals);
        ConfigKey key = TREE.key(path);
        if (key == null) {
            errors.unknownKey(path, SET, TREE.paths());
            return;
        }
        String text = assignment.substring(equals + 1);
        Setting setting = YamlReader.parse(text, SET);
        if (setting != null) {
            settings.put(path, setting);
        } else {
            errors.value(key, SET, text, "expected " + key.expected() + ", with quotes around what is special in YAML");
        }
    }

    /** Repeats the argument as far as it can be a key: what follows may be a secret. */
    private static String withoutEquals(String assignment) {
        Matcher key = KEY.matcher(assignment);
        String start = key.lookingAt() ? key.group() : "";
        return Quoted.startOf(start) + (start.length() < assignment.length() ? " and more" : "")
                + " has no = (expected path=value, such as public.port=8080)";
    }

    private void judge(ConfigKey key) {
        Setting setting = setting(key);
        if (setting == null) {
            return;
        }
        if (setting.isList() != key.isList()) {
            errors.value(key, setting.source(), setting.text(), "expected " + key.expected());
            return;
        }
        List<Object> accepted = new ArrayList<>();
        for (String text : setting.texts()) {
            Object value = key.parse(text);
            if (value == null) {
                errors.value(key, setting.source(), text, "expected " + key.expectedItem());
            } else {
                accepted.add(value);
            }
        }
        if (key.isList()) {
            values.put(key.path(), List.copyOf(accepted));
        } else if (!accepted.isEmpty()) {
            values.put(key.path(), accepted.get(0));
        }
        refuseContradiction(key, setting);
    }

    private void refuseContradiction(ConfigKey key, Setting setting) {
        Setting other = settings.get(key.declared().excludes());
        if (other != null) {
            String problem = "contradicts " + key.declared().excludes() + " in " + other.source();
            errors.value(key, setting.source(), setting.text(), problem);
        }
    }

    private void requireWithSiblings(ConfigKey key) {
        if (!key.isRequired() || settings.containsKey(key.path())) {
            return;
        }
        for (ConfigKey sibling : TREE.keys()) {
            Setting set = settings.get(sibling.path());
            if (set != null && sibling.section().equals(key.section())) {
                errors.key(key.path(), set.source(), "missing, and needed with " + sibling.path());
                return;
            }
        }
    }

    private @Nullable Setting setting(ConfigKey key) {
        Setting setting = settings.get(key.path());
        if (setting != null || !key.hasDefault()) {
            return setting;
        }
        return key.isList()
                ? Setting.list(List.of(), DEFAULT)
                : Setting.scalar(key.declared().value(), DEFAULT);
    }

    private List<ConfigValue> effectiveValues() {
        return TREE.keys().stream().map(this::effectiveValue).toList();
    }

    private ConfigValue effectiveValue(ConfigKey key) {
        Setting setting = setting(key);
        if (setting == null) {
            return new ConfigValue(key.doc(), "", DEFAULT);
        }
        if (key.isSecret()) {
            return new ConfigValue(key.doc(), Secret.HIDDEN, setting.source());
        }
        boolean isHostName = key.declared().word() == Key.Word.HOST_NAME;
        Setting shown = isHostName ? Setting.scalar(String.valueOf(values.get(key.path())), setting.source()) : setting;
        return new ConfigValue(key.doc(), shown.yaml(), shown.source());
    }
}
