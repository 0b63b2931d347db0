package io.wsrouter.config;

/**
 * One configuration key as documentation shows it.
 *
 * @param path where it stands in the file, such as {@code limits.message-bytes}
 * @param environment the variable that overrides it, such as {@code WSROUTER_LIMITS_MESSAGE_BYTES}
 * @param defaultText its default as an operator would write it; empty when there is none
 * @param expected the values it takes, with units and range
 * @param doc what it does, in one sentence
 * @param secret whether its value is never shown
 */
public record KeyDoc(
        String path, String environment, String defaultText, String expected, String doc, boolean secret) {}
