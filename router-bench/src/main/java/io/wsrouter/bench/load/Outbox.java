package io.wsrouter.bench.load;

import org.agrona.collections.Int2IntHashMap;

/**
 * The publishes of one source: numbers them for each address, and holds each receipt against the publish it answers. Belongs to
 * the loop of its connection.
 */
final class Outbox {

    private static final int NONE = -1;

    private final LoadLoop loop;
    private final GroupShare share;
    private final int source;
    private final Tally tally;
    private final int firstTarget;
    private final int[] next;
    private final Int2IntHashMap waiting = new Int2IntHashMap(NONE);
    private int nextId;

    /** For a source that sends to {@code targets} addresses from {@code firstTarget} of the group on. */
    Outbox(LoadLoop loop, GroupShare share, int source, int firstTarget, int targets) {
        this.loop = loop;
        this.share = share;
        this.source = source;
        this.tally = loop.tally(share.group());
        this.firstTarget = firstTarget;
        this.next = new int[targets];
    }

    /** Publishes to an address of the group; the time goes with the message. */
    void publish(LoadConnection connection, int target, long intendedNanos) {
        GroupPlan plan = share.group().plan();
        Dialect dialect = share.site().dialect();
        byte[] address = share.address(target);
        byte[] out = loop.out(dialect.overheadBytes() + address.length + plan.sizeBytes());
        int id = plan.receipts() ? nextId++ : NONE;
        int payload = dialect.head(out, 0, address, id, plan.sizeBytes());
        loop.payload()
                .write(
                        out,
                        payload,
                        plan.sizeBytes(),
                        share.site().host(),
                        source,
                        share.group().firstTarget() + target,
                        next[target - firstTarget]++,
                        intendedNanos);
        connection.send(out, dialect.tail(out, payload + plan.sizeBytes()));
        tally.add(Count.SENT);
        tally.sentTo[target]++;
        if (id >= 0) {
            waiting.put(id, target);
        }
    }

    /** How many publishes have no receipt yet. */
    int waiting() {
        return waiting.size();
    }

    void onReceipt(Dialect.Receipt receipt) {
        int target = receipt.id < 0 || receipt.id >= nextId ? NONE : waiting.remove((int) receipt.id);
        if (target == NONE) {
            tally.add(Count.RECEIPTS_STRANGE);
            return;
        }
        tally.add(Count.RECEIPTS);
        tally.onOutcome(receipt.outcome);
        tally.add(Count.RECEIPTS_WRONG_SUM, receipt.addsUp() ? 0 : 1);
        tally.add(Count.RECEIPT_MATCHED, receipt.matched);
        tally.add(Count.RECEIPT_DELIVERED, receipt.delivered);
        tally.add(Count.RECEIPT_QUEUED, receipt.queued);
        tally.add(Count.RECEIPT_REFUSED, receipt.refused);
        int admitted = share.group().plan().receiversOf(target) - receipt.delivered - receipt.queued;
        tally.refusedFor[target] += Math.max(0, admitted);
        tally.uncertainFor[target] += receipt.uncertain;
    }
}
