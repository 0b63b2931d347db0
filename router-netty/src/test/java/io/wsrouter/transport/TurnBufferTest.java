package io.wsrouter.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TurnBufferTest {

    private final TurnBuffer buffer = new TurnBuffer();

    @AfterEach
    void release() {
        buffer.release();
    }

    @Test
    void shouldKnowTheNewestItemByIdentityAlone() {
        String item = new String("same");
        int start = buffer.begin(item, 1);
        assertEquals(start, buffer.startOf(item, 1));
        assertEquals(TurnBuffer.ABSENT, buffer.startOf(new String("same"), 1));
        assertEquals(TurnBuffer.ABSENT, buffer.startOf(item, 2));
    }

    @Test
    void shouldForgetEverythingWithTheTurn() {
        String item = "item";
        buffer.begin(item, 1);
        buffer.bytes(buffer.turn()).writeByte(1);
        buffer.clear();
        assertEquals(TurnBuffer.ABSENT, buffer.startOf(item, 1));
        assertEquals(0, buffer.end());
    }

    @Test
    void shouldRefuseTheBytesOfATurnThatIsOver() {
        int turn = buffer.turn();
        buffer.clear();
        assertThrows(IllegalStateException.class, () -> buffer.bytes(turn));
    }

    @Test
    void shouldHaveRoomForWhatFitsAndForNothingElse() {
        int capacity = buffer.bytes(buffer.turn()).capacity();
        assertTrue(buffer.hasRoom(capacity));
        buffer.bytes(buffer.turn()).writeZero(1);
        assertFalse(buffer.hasRoom(capacity));
    }
}
