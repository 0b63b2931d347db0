package io.wsrouter.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a record component of {@link RouterConfig} as a configuration key: default, range and documentation.
 *
 * <p>The key's name is the component's in kebab case, under the names of the records around it. Its type says how a
 * value is written:
 *
 * <ul>
 *   <li>{@code int} and {@code long}: a whole number, or a size such as {@code 64KiB} with {@link #bytes()}
 *   <li>{@code Duration}: {@code 50us}, {@code 500ms}, {@code 25s}, {@code 2m}, {@code 1h}
 *   <li>{@code boolean}, {@code String}, and an enum, whose {@code toString()} is its text
 *   <li>{@code Path}: a file that can be read; {@link Secret}: never shown; {@link SecretFile}: a file that holds one
 *   <li>{@link IpNetwork}: an IP address or a network of them
 *   <li>{@code List} of these: a YAML list, comma separated in the environment, empty by default
 *   <li>a record: a section. A {@code @Nullable} section is absent unless one of its keys is set
 * </ul>
 *
 * A key without default whose component is not {@code @Nullable} is required when another key of its section is set.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.METHOD})
public @interface Key {
    /** Default, written as an operator would write it; empty when there is none. */
    String value() default "";

    /** One sentence for the documentation. */
    String doc() default "";

    /** Name, where it is not the component's in kebab case. */
    String name() default "";

    /** Whether a number counts bytes. */
    boolean bytes() default false;

    /** Smallest value; when empty {@code 1}, {@code 1B} or {@code 1ms}. */
    String min() default "";

    /** Largest value; when empty {@code 2147483647}, {@code 1GiB} or {@code 24h}. */
    String max() default "";

    /** Regular expression that all of a text must match. */
    String pattern() default "(?s).+";

    /** What the pattern accepts, in words that continue "expected". */
    String expected() default "a text that is not empty";

    /** A word that stands for a value. */
    Word word() default Word.NONE;

    /** Path of a key that contradicts this one: at most one of the two may be set. */
    String excludes() default "";

    /** Words that stand for a value the operator does not want to spell out. */
    enum Word {
        /** No word is accepted. */
        NONE(""),
        /** Decided at start-up by whoever uses it: {@link RouterConfig.Limits#AUTO}. */
        AUTO("auto"),
        /** The number of available processors. */
        PROCESSORS("auto"),
        /** No limit: {@link RouterConfig.Limits#UNLIMITED}. */
        UNLIMITED("unlimited"),
        /** The name of this machine. */
        HOST_NAME("(host name)");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        /** The word as it is written in configuration. */
        public String text() {
            return text;
        }
    }
}
