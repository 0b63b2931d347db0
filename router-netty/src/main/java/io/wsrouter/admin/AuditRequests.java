package io.wsrouter.admin;

import io.wsrouter.address.Address;
import io.wsrouter.routing.AuditFinding;
import io.wsrouter.routing.AuditReport;
import io.wsrouter.routing.Router;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What {@code /v1/audit} does, without HTTP. Any thread; futures complete on a loop. */
final class AuditRequests {

    private static final long MOST_SECONDS = 10;
    private static final int MOST_LISTED = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Router router;

    AuditRequests(Router router) {
        this.router = router;
    }

    /** What the last audit of each shard has found. */
    CompletableFuture<Map<String, Object>> last() {
        return router.lastAudits()
                .thenApply(reports ->
                        describe(reports.stream().flatMap(Optional::stream).toList(), reports.size()));
    }

    /** What an audit finds now. */
    CompletableFuture<Map<String, Object>> run() {
        return router.audit()
                .orTimeout(MOST_SECONDS, TimeUnit.SECONDS)
                .thenApply(reports -> describe(reports, reports.size()));
    }

    /** The same; when it is clean, stopped writes no longer keep the node from being ready. */
    CompletableFuture<Map<String, Object>> acknowledge(Address operator, @Nullable String ip) {
        return router.acknowledgeMisdelivery(operator, ip)
                .orTimeout(MOST_SECONDS, TimeUnit.SECONDS)
                .thenApply(reports -> {
                    Map<String, Object> body = describe(reports, reports.size());
                    body.put("acknowledged", body.get("clean"));
                    return body;
                });
    }

    private static Map<String, Object> describe(List<AuditReport> reports, int shards) {
        List<Object> findings = new ArrayList<>();
        List<Object> suspected = new ArrayList<>();
        long unlisted = 0;
        for (AuditReport report : reports) {
            unlisted +=
                    report.unlisted() + addUpTo(findings, report.findings()) + addUpTo(suspected, report.suspected());
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("clean", reports.size() == shards && reports.stream().allMatch(AuditReport::isClean));
        body.put("findings", findings);
        body.put("suspected", suspected);
        body.put("unlisted", unlisted);
        body.put("shards", reports.stream().map(AuditRequests::describe).toList());
        return body;
    }

    /** Adds what there is room for and returns how many are left. */
    private static int addUpTo(List<Object> list, List<AuditFinding> findings) {
        int room = Math.min(findings.size(), MOST_LISTED - list.size());
        findings.subList(0, room).forEach(finding -> list.add(describe(finding)));
        return findings.size() - room;
    }

    private static Map<String, Object> describe(AuditFinding finding) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", finding.kind().word());
        fields.put("id", finding.id());
        if (finding.user() != null) {
            fields.put("user", finding.user());
        }
        fields.put("ageMillis", finding.ageMillis());
        fields.put("action", finding.action().word());
        return fields;
    }

    private static Map<String, Object> describe(AuditReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("shard", report.shard());
        fields.put("at", Instant.ofEpochMilli(report.startedEpochMillis()).toString());
        fields.put("complete", report.isComplete());
        fields.put("durationMillis", report.durationNanos() / NANOS_PER_MILLI);
        fields.put("loopMillis", report.loopNanos() / NANOS_PER_MILLI);
        fields.put("longestSliceMillis", report.longestSliceNanos() / NANOS_PER_MILLI);
        fields.put("slices", report.slices());
        fields.put("entries", report.entries());
        fields.put("findings", report.findings().size());
        return fields;
    }
}
