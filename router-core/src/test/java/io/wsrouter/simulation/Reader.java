package io.wsrouter.simulation;

import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.util.Arrays;

/**
 * What a loop reads commands with: one publish with views of one array, as a decoder has, both used again for the next and
 * spoiled in between, so that whoever keeps them without a copy is found out. Belongs to one loop.
 */
final class Reader {

    private final byte[] scratch = new byte[8 * 1024];
    private final RawJson id = RawJson.of("0");
    private final RawJson event = RawJson.of("0");
    private final RawJson data = RawJson.of("0");
    private final Command.Publish publish;
    private int used;

    Reader(Target anywhere) {
        publish = new Command.Publish(null, anywhere.address(), null, null, Priority.NORMAL, null);
    }

    Command.Publish publish(
            byte[] rawId,
            Target to,
            byte[] rawEvent,
            byte[] rawData,
            Priority priority,
            String claimedOwner,
            int ttlMs) {
        used = 0;
        publish.become(
                view(id, rawId),
                to.address(),
                view(event, rawEvent),
                view(data, rawData),
                priority,
                claimedOwner,
                ttlMs);
        return publish;
    }

    private RawJson view(RawJson view, byte[] raw) {
        if (raw == null) {
            return null;
        }
        System.arraycopy(raw, 0, scratch, used, raw.length);
        view.wrap(scratch, used, raw.length);
        used += raw.length;
        return view;
    }

    /** Makes what was read last unreadable. */
    void spoil() {
        Arrays.fill(scratch, 0, used, (byte) '!');
    }
}
