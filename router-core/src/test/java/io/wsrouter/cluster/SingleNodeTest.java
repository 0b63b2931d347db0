package io.wsrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.Receipt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SingleNodeTest {

    @Test
    void shouldKnowNobodyToForwardTo() {
        List<Receipt> answers = new ArrayList<>();
        Backplane alone = Backplane.SINGLE_NODE;
        alone.start((message, answer) -> {
            throw new AssertionError("nobody is there to send " + message.to());
        });
        alone.onInterest(Address.user("alice"), true);

        boolean mayHaveReceivers =
                alone.forward(new Message(Address.user("alice"), Priority.NORMAL, new byte[0]), answers::add);

        assertThat(mayHaveReceivers).isFalse();
        assertThat(answers).isEmpty();
    }
}
