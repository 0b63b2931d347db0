package io.wsrouter.routing;

import java.util.List;

/**
 * What one pass over the tables of one shard has found.
 *
 * @param shard whose tables
 * @param startedEpochMillis when it began, on the wall clock
 * @param isComplete whether it came to its end; a fault of the audit itself ends it early
 * @param durationNanos from begin to end, other work of the loop included
 * @param loopNanos the time that it took of the loop
 * @param longestSliceNanos the longest time that it took at once
 * @param slices in how many slices
 * @param entries how many entries were compared
 * @param findings what was wrong and is repaired; the first hundred
 * @param suspected what is repaired if it stands at the next pass, too; the first hundred
 * @param unlisted how many findings and suspicions there were beyond those
 */
public record AuditReport(
        int shard,
        long startedEpochMillis,
        boolean isComplete,
        long durationNanos,
        long loopNanos,
        long longestSliceNanos,
        long slices,
        long entries,
        List<AuditFinding> findings,
        List<AuditFinding> suspected,
        int unlisted) {

    /** Makes the lists unmodifiable. */
    public AuditReport {
        findings = List.copyOf(findings);
        suspected = List.copyOf(suspected);
    }

    /** Whether everything was compared and agrees. */
    public boolean isClean() {
        return isComplete && findings.isEmpty() && suspected.isEmpty() && unlisted == 0;
    }
}
