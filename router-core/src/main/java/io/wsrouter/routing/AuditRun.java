package io.wsrouter.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One pass of the audit under way: what it has found and what it has cost. Belongs to one loop. */
final class AuditRun {

    private static final int MOST_LISTED = 100;

    private final int shard;
    private final long startedEpochMillis;
    private final long startNanos;
    private final List<Consumer<AuditReport>> listeners;
    private final List<AuditFinding> findings = new ArrayList<>();
    private final List<AuditFinding> suspected = new ArrayList<>();
    private int unlisted;
    private long loopNanos;
    private long longestSliceNanos;
    private long slices;
    private long entries;
    private int unanswered;
    private @Nullable Runnable whenAnswered;
    private @Nullable Runnable awaitedBefore;

    AuditRun(Shard shard, List<Consumer<AuditReport>> listeners) {
        this.shard = shard.index();
        this.startedEpochMillis = shard.loop().epochMillis();
        this.startNanos = shard.loop().nanoTime();
        this.listeners = listeners;
    }

    void found(AuditFinding finding) {
        list(findings, finding);
    }

    void suspects(AuditFinding finding) {
        list(suspected, finding);
    }

    private void list(List<AuditFinding> list, AuditFinding finding) {
        if (list.size() < MOST_LISTED) {
            list.add(finding);
        } else {
            unlisted++;
        }
    }

    void onEntry() {
        entries++;
    }

    void onSlice(long nanos) {
        loopNanos += nanos;
        longestSliceNanos = Math.max(longestSliceNanos, nanos);
        slices++;
    }

    /** Another loop was asked something. */
    void onAsked() {
        unanswered++;
    }

    /** It has answered, which took it so long. */
    void onAnswered(long nanos) {
        loopNanos += nanos;
        longestSliceNanos = Math.max(longestSliceNanos, nanos);
        unanswered--;
        goOn();
    }

    /** Runs {@code task} when all answers have come; to be called when all is asked. */
    void whenAnswered(Runnable task) {
        whenAnswered = task;
        goOn();
    }

    private void goOn() {
        Runnable task = whenAnswered;
        if (task != null && unanswered == 0) {
            whenAnswered = null;
            task.run();
        }
    }

    /** Whether it has done nothing but wait for the same answers since this was last asked. */
    boolean isStuck() {
        boolean isStuck = whenAnswered != null && whenAnswered == awaitedBefore;
        awaitedBefore = whenAnswered;
        return isStuck;
    }

    /** Who asked for it. */
    List<Consumer<AuditReport>> listeners() {
        return listeners;
    }

    AuditReport report(boolean isComplete, long nowNanos) {
        return new AuditReport(
                shard,
                startedEpochMillis,
                isComplete,
                nowNanos - startNanos,
                loopNanos,
                longestSliceNanos,
                slices,
                entries,
                findings,
                suspected,
                unlisted);
    }
}
