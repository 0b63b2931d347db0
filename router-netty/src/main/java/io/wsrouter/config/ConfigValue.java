package io.wsrouter.config;

/**
 * The value of one key and where it came from, fit to be shown.
 *
 * @param key the key
 * @param text the value as YAML reads it back; {@code (hidden)} for a secret, empty when the key is not set
 * @param source {@code default}, {@code file:line}, the name of an environment variable, or {@code --set}
 */
public record ConfigValue(KeyDoc key, String text, String source) {}
