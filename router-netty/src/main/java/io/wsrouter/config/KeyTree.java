package io.wsrouter.config;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys and sections that a tree of records declares, and the way from values back to records. Immutable. */
final class KeyTree<R extends Record> {
    private final Class<R> root;
    private final Map<String, ConfigKey> keys = new LinkedHashMap<>();
    private final Set<String> sections = new LinkedHashSet<>();
    private final Set<String> optionalSections = new LinkedHashSet<>();

    KeyTree(Class<R> root) {
        this.root = root;
        collect(root, "");
    }

    private void collect(Class<?> type, String prefix) {
        for (RecordComponent component : type.getRecordComponents()) {
            String path = prefix + name(component);
            if (isSection(component.getType())) {
                sections.add(path);
                if (isNullable(component)) {
                    optionalSections.add(path);
                }
                collect(component.getType(), path + ".");
            } else {
                keys.put(path, key(path, component));
            }
        }
    }

    private static boolean isSection(Class<?> type) {
        return type.isRecord() && type.getRecordComponents()[0].isAnnotationPresent(Key.class);
    }

    private static ConfigKey key(String path, RecordComponent component) {
        boolean isList = component.getType() == List.class;
        Class<?> type = isList
                ? (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                : component.getType();
        return new ConfigKey(path, declared(component), type, isList, isNullable(component));
    }

    private static String name(RecordComponent component) {
        String name = declared(component).name();
        return name.isEmpty() ? kebabCase(component.getName()) : name;
    }

    private static String kebabCase(String name) {
        return name.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static Key declared(AnnotatedElement component) {
        Key declared = component.getAnnotation(Key.class);
        if (declared == null) {
            throw new IllegalStateException(component + " has no @Key");
        }
        return declared;
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** All keys, in the order of their declaration. */
    Collection<ConfigKey> keys() {
        return keys.values();
    }

    /** The key at a path, or null. */
    @Nullable
    ConfigKey key(String path) {
        return keys.get(path);
    }

    boolean isSection(String path) {
        return sections.contains(path);
    }

    /** Every path that may be written in a file. */
    List<String> paths() {
        return Stream.concat(keys.keySet().stream(), sections.stream()).toList();
    }

    /** The records that hold these values; an optional section is null unless one of its keys is in {@code set}. */
    R bind(Map<String, Object> values, Set<String> set) {
        return bind(root, "", values, set);
    }

    private <T> T bind(Class<T> type, String prefix, Map<String, Object> values, Set<String> set) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String path = prefix + name(components[i]);
            types[i] = components[i].getType();
            arguments[i] = isSection(types[i]) ? section(types[i], path, values, set) : values.get(path);
        }
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    private @Nullable Object section(Class<?> type, String path, Map<String, Object> values, Set<String> set) {
        String prefix = path + ".";
        boolean isAbsent = optionalSections.contains(path) && set.stream().noneMatch(key -> key.startsWith(prefix));
        return isAbsent ? null : bind(type, prefix, values, set);
    }
}
