package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import org.junit.jupiter.api.Test;

/** A receipt or a part of one is opened for another publish only when nobody can still answer to the old one. */
final class ReceiptReuseTest {

    private final ReceiptPart part = new ReceiptPart(closed -> {});
    private final OpenReceipt receipt = new OpenReceipt(complete -> {});

    @Test
    void shouldUseAPartAgainThatEveryReceiverHasAnswered() {
        part.open(receipt, 0);
        part.onMatched();
        part.onDelivered();
        assertThat(part.isReusable()).as("not sealed").isFalse();

        part.seal();

        assertThat(part.isReusable()).isTrue();
    }

    @Test
    void shouldNotUseAPartAgainWhoseReceiverFailedAndMayStillAnswer() {
        part.open(receipt, 0);
        part.onMatched();
        part.onWriteFault();
        part.onRefused(Outcome.CLOSED);
        part.seal();

        assertThat(part.isReusable()).isFalse();
    }

    @Test
    void shouldUseAReceiptAgainThatThisNodeAloneHasAnswered() {
        receipt.onAnnounced(1);
        receipt.onPart(1, 1, 0, new RefusalCounts(), Outcome.NO_ROUTE);

        assertThat(receipt.isReusable()).isTrue();
    }

    @Test
    void shouldNotUseAReceiptAgainThatAnotherNodeMayAnswerTwice() {
        receipt.onAnnounced(1);
        receipt.onRemotePart(Receipt.refused(Outcome.NO_ROUTE));

        assertThat(receipt.isReusable()).isFalse();
    }
}
