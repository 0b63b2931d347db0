package io.wsrouter.seed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/** What receipts have to say. */
final class Receipts {

    private Receipts() {}

    static void assertDelivered(JsonNode receipt, int receivers) {
        assertThat(receipt.path("outcome").asText()).as(receipt.toString()).isEqualTo("delivered");
        assertThat(receipt.path("matched").asInt()).isEqualTo(receivers);
        assertThat(receipt.path("delivered").asInt()).isEqualTo(receivers);
    }

    /** It reached nobody, for a reason that has a name. */
    static void assertRefused(JsonNode receipt, String outcome) {
        assertThat(receipt.path("outcome").asText()).as(receipt.toString()).isEqualTo(outcome);
        assertThat(receipt.path("matched").asInt(-1)).isZero();
        assertThat(receipt.path("delivered").asInt(-1)).isZero();
        assertThat(receipt.path("queued").asInt(-1)).isZero();
    }
}
