package io.wsrouter.bench.scenario;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes at fixed times, whatever becomes of it, with an id each; what is due while too many receipts are open is left
 * out. Belongs to the loop of its connection.
 */
final class PacedPublisher implements PeerListener {

    private static final int TICK_MILLIS = 1;
    private static final int EVENTS = 32;

    private final Ledger ledger;
    private final double intervalNanos;
    private final int window;
    private final String priority;
    private final int payloadBytes;
    private final IntSupplier users;
    private final IntConsumer whenNoRoute;
    private @Nullable ScheduledFuture<?> ticks;
    private long startNanos;
    private long due;

    /**
     * A publisher that has not begun.
     *
     * @param window how many publishes may be without a receipt
     * @param users whom the next one is for
     * @param whenNoRoute hears which message found nobody
     */
    PacedPublisher(
            Ledger ledger,
            double perSecond,
            int window,
            String priority,
            int payloadBytes,
            IntSupplier users,
            IntConsumer whenNoRoute) {
        this.ledger = ledger;
        this.intervalNanos = 1e9 / perSecond;
        this.window = window;
        this.priority = priority;
        this.payloadBytes = payloadBytes;
        this.users = users;
        this.whenNoRoute = whenNoRoute;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Begins. Any thread, after the welcome. */
    void start(Peer peer) {
        peer.loop().execute(() -> {
            startNanos = System.nanoTime();
            ticks = peer.loop().scheduleAtFixedRate(() -> onTick(peer), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    void stop() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    private void onTick(Peer peer) {
        long now = System.nanoTime();
        long planned = startNanos + (long) (due * intervalNanos);
        for (; planned - now <= 0; planned = startNanos + (long) (++due * intervalNanos)) {
            if (ledger.outstanding() < window) {
                Payload payload = ledger.add(users.getAsInt(), planned);
                peer.write("{\"type\":\"publish\"," + fields(payload, priority, payloadBytes) + "}");
            }
        }
        peer.flush();
    }

    /** The fields of a publish but its type; the event is one of a few, as that of a price or a progress would be. */
    static String fields(Payload payload, String priority, int payloadBytes) {
        String to = payload.user() == Ledger.TOPIC ? Reader.TOPIC : "user:" + Publisher.userId(payload.user());
        return "\"id\":\"" + payload.index() + "\",\"to\":\"" + to + "\",\"event\":\"e" + payload.sequence() % EVENTS
                + "\",\"priority\":\"" + priority + "\",\"data\":\"" + payload.text(payloadBytes) + '"';
    }

    @Override
    public void onPush(Peer peer, Push push) {
        int index = ledger.onPush(push);
        if (index >= 0 && push.text("outcome").equals("no_route")) {
            whenNoRoute.accept(index);
        }
    }
}
