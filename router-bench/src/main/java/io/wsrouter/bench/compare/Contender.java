package io.wsrouter.bench.compare;

import java.util.List;
import java.util.Map;

/**
 * A server to load, and how.
 *
 * @param row its name in the tables
 * @param command that starts it in the foreground
 * @param environment in addition to that of this process
 * @param url where it takes WebSockets
 * @param port of that
 * @param dialect of the load engine
 * @param needsWarmup whether it is slower until it has run for a while
 * @param hasReceipts whether each publish asks for one
 * @param hasOnePublishingUser whether all publishers are connections of one user
 */
record Contender(
        String row,
        List<String> command,
        Map<String, String> environment,
        String url,
        int port,
        String dialect,
        boolean needsWarmup,
        boolean hasReceipts,
        boolean hasOnePublishingUser) {}
