package io.wsrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words and codes that clients rely on. Changing one breaks them. */
final class WordsTest {

    @Test
    void shouldKeepTheOutcomes() {
        assertThat(words(Arrays.stream(Outcome.values()).map(Outcome::word)))
                .containsExactlyInAnyOrder(
                        "delivered",
                        "partial",
                        "queued",
                        "no_route",
                        "forbidden",
                        "owner_mismatch",
                        "slow_consumer",
                        "closed",
                        "too_large",
                        "rate_limited",
                        "overloaded",
                        "circuit_open",
                        "expired",
                        "write_failed",
                        "unknown");
    }

    /** A retry of the others would be refused again, or might deliver twice. */
    @Test
    void shouldCallRetryableOnlyWhatWasSurelyNotDeliveredAndMaySucceedLater() {
        assertThat(Arrays.stream(Outcome.values()).filter(Outcome::isRetryable))
                .containsExactlyInAnyOrder(
                        Outcome.NO_ROUTE,
                        Outcome.SLOW_CONSUMER,
                        Outcome.CLOSED,
                        Outcome.RATE_LIMITED,
                        Outcome.OVERLOADED,
                        Outcome.CIRCUIT_OPEN);
    }

    @ParameterizedTest
    @CsvSource({
        "CLIENT_CLOSED, 1000, client_closed",
        "HEARTBEAT_LOST, 1001, heartbeat_lost",
        "PROTOCOL_ERROR, 1002, protocol_error",
        "BINARY_FRAME, 1003, binary_frame",
        "CONNECTION_LOST, 1006, connection_lost",
        "INVALID_UTF8, 1007, invalid_utf8",
        "TOO_MANY_BAD_REQUESTS, 1008, too_many_bad_requests",
        "MESSAGE_TOO_BIG, 1009, message_too_big",
        "INTERNAL_ERROR, 1011, internal_error",
        "DRAINING, 1012, draining",
        "OVERLOADED, 1013, overloaded",
        "TOKEN_EXPIRED, 4001, token_expired",
        "KICKED, 4003, kicked",
        "REPLACED, 4003, replaced",
        "SLOW_CONSUMER, 4008, slow_consumer",
        "RATE_EXCEEDED, 4009, rate_exceeded",
    })
    void shouldKeepTheCloseCodes(CloseReason reason, int code, String word) {
        assertThat(reason.code()).isEqualTo(code);
        assertThat(reason.word()).isEqualTo(word);
    }

    @Test
    void shouldUseOnlyCodesThatACloseFrameMayCarry() {
        Set<Integer> reserved = Set.of(1004, 1005, 1006, 1015);
        for (CloseReason reason : CloseReason.values()) {
            boolean isSent = reason != CloseReason.CONNECTION_LOST;

            assertThat(reserved.contains(reason.code())).as(reason.word()).isNotEqualTo(isSent);
            assertThat(reason.code()).matches(code -> (code >= 1000 && code <= 1014) || (code >= 4000 && code <= 4999));
        }
    }

    @Test
    void shouldKeepTheErrorCodes() {
        assertThat(words(Arrays.stream(ErrorCode.values()).map(ErrorCode::word)))
                .containsExactlyInAnyOrder(
                        "bad_request", "unauthenticated", "forbidden", "rate_limited", "overloaded", "limit_exceeded");
        assertThat(Stream.of(ErrorCode.values()).filter(ErrorCode::isRetryable))
                .containsExactly(ErrorCode.RATE_LIMITED, ErrorCode.OVERLOADED);
    }

    @Test
    void shouldFindAPriorityByItsWordAlone() {
        for (Priority priority : Priority.values()) {
            assertThat(Priority.ofWord(priority.word())).isEqualTo(priority);
        }
        assertThat(Stream.of(Priority.values()).map(Priority::word))
                .containsExactly("low", "normal", "high", "critical");
        for (String other : List.of("", "NORMAL", "Normal", " normal", "urgent")) {
            assertThat(Priority.ofWord(other)).isNull();
        }
    }

    @Test
    void shouldNotShowPayloads() {
        RawJson secret = RawJson.of("{\"password\":\"hunter2\"}");
        Command.Publish publish = new Command.Publish("1", Address.user("bob"), secret, secret, Priority.NORMAL, null);

        assertThat(publish.toString()).doesNotContain("hunter2");
        assertThat(secret.lengthBytes()).isEqualTo(22);
    }

    @Test
    void shouldNotShowTokens() {
        assertThat(new Command.Refresh("10", "eyJhbGciOi").toString()).isEqualTo("Refresh[id=10, token hidden]");
    }

    private static Set<String> words(Stream<String> words) {
        Set<String> distinct = new HashSet<>();
        words.forEach(word -> assertThat(distinct.add(word)).as(word).isTrue());
        return distinct;
    }
}
