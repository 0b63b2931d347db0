package io.wsrouter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoopbackHostTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:1", "127.0.0.1", "127.255.0.9:65535", "[::1]", "[::1]:80"})
    void shouldKnowItself(String host) {
        assertThat(LoopbackHost.matches(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "localhost.", "localhost:", "localhost:123456", "localhost:x", "a.localhost", "localhost.a",
                "127.0.0.1.a", "127.0.0", "::1", "[::1", "0.0.0.0", "example.com", "localhost\n", "localhost@a"
            })
    void shouldNotBeTakenForAnother(String host) {
        assertThat(LoopbackHost.matches(host)).isFalse();
    }

    @Test
    void shouldWantAHost() {
        assertThat(LoopbackHost.matches(null)).isFalse();
    }
}
