package io.wsrouter.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.codec.Utf8Validator;
import io.wsrouter.connection.Requester;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.ConnectionInfo;
import io.wsrouter.routing.NodeLevel;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.ShardStats;
import io.wsrouter.routing.Signal;
import io.wsrouter.transport.LoopbackHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers the requests of the internal port, one after the other on each socket. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final String ACKNOWLEDGE = "acknowledge=misdelivery";
    private static final String BEARER = "bearer ";
    private static final String NDJSON = "application/x-ndjson";
    private static final String LOOP_STUCK = "loop_stuck";
    private static final String JSON_TYPE = "application/json";
    private static final long LOOP_ANSWER_SECONDS = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InternalPort port;
    private boolean isAnswering;
    private @Nullable String ip;

    RequestHandler(InternalPort port) {
        this.port = port;
    }

    /** A response, before it is written. */
    private record Answer(HttpResponseStatus status, String contentType, String body) {

        static Answer json(HttpResponseStatus status, Object value) {
            try {
                return new Answer(status, JSON_TYPE, JSON.writeValueAsString(value) + '\n');
            } catch (IOException e) {
                throw new IllegalStateException("maps and strings can be written as JSON", e);
            }
        }

        static Answer error(HttpResponseStatus status, String word, String reason) {
            Map<String, String> body = new LinkedHashMap<>();
            body.put("error", word);
            body.put("reason", reason);
            return json(status, body);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    /** Reads on while a request is not whole. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!isAnswering) {
            ctx.read();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        isAnswering = true;
        ip = ctx.channel().remoteAddress() instanceof InetSocketAddress peer
                ? peer.getAddress().getHostAddress()
                : null;
        CompletableFuture<Answer> answer;
        try {
            answer = answer(ctx, request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.exceptionally(failure -> answerFailure(ctx, failure))
                .thenAccept(ready -> ctx.executor().execute(() -> write(ctx, ready)));
    }

    /** Closes who sends nothing, but not who waits for us: a message may be tried again for minutes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && !isAnswering) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean isOfThePeer = cause instanceof IOException || cause instanceof PrematureChannelClosureException;
        if (!isOfThePeer) {
            port.listener().onBug(cause);
        }
        ctx.close();
    }

    private CompletableFuture<Answer> answer(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return now(Answer.error(HttpResponseStatus.BAD_REQUEST, "bad_request", "not valid HTTP/1.1"));
        }
        if (isForeignHost(ctx, request)) {
            return now(Answer.error(
                    HttpResponseStatus.MISDIRECTED_REQUEST,
                    "host_forbidden",
                    "this port answers to loopback hosts only"));
        }
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String path = uri.rawPath();
        return switch (path) {
            case "/livez" -> live();
            case "/readyz" -> ready();
            default -> path.startsWith("/v1/") ? authenticated(ctx, request, path, uri.rawQuery()) : unknownPath();
        };
    }

    // ---- health

    private CompletableFuture<Answer> live() {
        return port.router()
                .stats()
                .orTimeout(LOOP_ANSWER_SECONDS, TimeUnit.SECONDS)
                .handle((stats, failure) ->
                        health("live", failure == null ? List.of() : List.of(LOOP_STUCK), Map.of()));
    }

    private static Answer health(String word, List<String> reasons, Map<String, Object> details) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(word, reasons.isEmpty());
        body.put("reasons", reasons);
        body.putAll(details);
        return Answer.json(reasons.isEmpty() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, body);
    }

    private CompletableFuture<Answer> ready() {
        return port.router()
                .hasRefusedMisdelivery()
                .orTimeout(LOOP_ANSWER_SECONDS, TimeUnit.SECONDS)
                .handle((hasRefused, failure) -> {
                    NodeLevel level = port.level().get();
                    return health("ready", unreadiness(level, hasRefused), describe(level));
                });
    }

    /** Why the node is not ready; {@code hasRefusedMisdelivery} is null when a loop does not answer. */
    private List<String> unreadiness(NodeLevel level, @Nullable Boolean hasRefusedMisdelivery) {
        List<String> reasons = new ArrayList<>();
        if (port.isDraining().getAsBoolean()) {
            reasons.add("draining");
        }
        if (!port.hasKeys().getAsBoolean()) {
            reasons.add("keys");
        }
        if (!level.level().isReady()) {
            reasons.add("level_" + level.level().word());
        }
        if (hasRefusedMisdelivery == null) {
            reasons.add(LOOP_STUCK);
        } else if (hasRefusedMisdelivery) {
            reasons.add("misdelivery_refused");
        }
        return reasons;
    }

    private static Map<String, Object> describe(NodeLevel level) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("level", level.level().word());
        Signal cause = level.cause();
        if (cause != null) {
            fields.put("signal", cause.word());
        }
        Map<String, Object> readings = new LinkedHashMap<>();
        level.pressure()
                .readings()
                .forEach((signal, reading) -> readings.put(signal.word(), Math.round(reading * 10) / 10.0));
        fields.put("signals", readings);
        return fields;
    }

    // ---- /v1, with a token

    private CompletableFuture<Answer> authenticated(
            ChannelHandlerContext ctx, FullHttpRequest request, String path, String query) {
        List<String> authorizations = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
        if (authorizations.stream().distinct().count() > 1) {
            return CompletableFuture.failedFuture(new AuthenticationException(AuthFailure.TOKEN_CONFLICT));
        }
        String authorization = authorizations.isEmpty() ? null : authorizations.get(0);
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return CompletableFuture.failedFuture(new AuthenticationException(AuthFailure.TOKEN_MISSING));
        }
        Credentials credentials =
                new Credentials(authorization.substring(BEARER.length()).trim());
        HttpMethod method = request.method();
        String contentType = request.headers().get(HttpHeaderNames.CONTENT_TYPE, JSON_TYPE);
        byte[] body = ByteBufUtil.getBytes(request.content());
        return port.authenticator()
                .authenticate(credentials)
                .toCompletableFuture()
                .thenCompose(principal -> path.equals("/v1/audit")
                        ? audit(ctx, principal, method, query)
                        : route(ctx, principal, method, path, contentType, body));
    }

    private CompletableFuture<Answer> route(
            ChannelHandlerContext ctx,
            Principal principal,
            HttpMethod method,
            String path,
            String contentType,
            byte[] body) {
        if (path.equals("/v1/publish")) {
            if (!method.equals(HttpMethod.POST)) {
                return methodNotAllowed();
            }
            return contentType.startsWith(NDJSON) ? publishLines(principal, body) : publish(principal, body);
        }
        String[] segments = path.split("/", -1);
        boolean isUsers = segments.length >= 4 && segments[2].equals("users");
        boolean isConnections = segments.length == 4 && segments[2].equals("connections");
        boolean isStats = path.equals("/v1/stats");
        if (!isUsers && !isConnections && !isStats) {
            return unknownPath();
        }
        if (!principal.isAdmin()) {
            return denied(ctx, principal);
        }
        if (isStats) {
            return method.equals(HttpMethod.GET) ? stats() : methodNotAllowed();
        }
        try {
            segments[3] = QueryStringDecoder.decodeComponent(segments[3].replace("+", "%2B"));
            return isUsers ? user(principal, method, segments) : connection(principal, method, segments[3]);
        } catch (IllegalArgumentException e) {
            return now(Answer.error(HttpResponseStatus.NOT_FOUND, "unknown", String.valueOf(e.getMessage())));
        }
    }

    private CompletableFuture<Answer> user(Principal operator, HttpMethod method, String[] segments) {
        Address user = Address.user(segments[3]);
        if (segments.length == 4) {
            return method.equals(HttpMethod.GET)
                    ? port.router().connectionsOf(user).thenApply(found -> describe(user, found))
                    : methodNotAllowed();
        }
        if (segments.length != 5 || !segments[4].equals("connections")) {
            return unknownPath();
        }
        return method.equals(HttpMethod.DELETE)
                ? port.router()
                        .kickUser(user, operator.user(), ip)
                        .thenApply(count -> Answer.json(HttpResponseStatus.OK, Map.of("closed", count)))
                : methodNotAllowed();
    }

    private CompletableFuture<Answer> connection(Principal operator, HttpMethod method, String text) {
        ConnectionId id = ConnectionId.parse(text);
        if (method.equals(HttpMethod.GET)) {
            return port.router()
                    .connection(id)
                    .thenApply(found -> found.map(info -> Answer.json(HttpResponseStatus.OK, describe(info)))
                            .orElseGet(RequestHandler::unknownConnection));
        }
        if (method.equals(HttpMethod.DELETE)) {
            return port.router()
                    .kick(id, operator.user(), ip)
                    .thenApply(wasThere ->
                            wasThere ? Answer.json(HttpResponseStatus.OK, Map.of("closed", 1)) : unknownConnection());
        }
        return methodNotAllowed();
    }

    private CompletableFuture<Answer> audit(
            ChannelHandlerContext ctx, Principal operator, HttpMethod method, String query) {
        if (!operator.isAdmin()) {
            return denied(ctx, operator);
        }
        AuditRequests audits = new AuditRequests(port.router());
        if (query.equals(ACKNOWLEDGE) && method.equals(HttpMethod.POST)) {
            return audits.acknowledge(operator.user(), ip).thenApply(body -> Answer.json(HttpResponseStatus.OK, body));
        }
        if (!query.isEmpty()) {
            return now(Answer.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "bad_request",
                    "a query (expected none, or POST ?" + ACKNOWLEDGE + ")"));
        }
        if (method.equals(HttpMethod.POST)) {
            return audits.run().thenApply(body -> Answer.json(HttpResponseStatus.OK, body));
        }
        return method.equals(HttpMethod.GET)
                ? audits.last().thenApply(body -> Answer.json(HttpResponseStatus.OK, body))
                : methodNotAllowed();
    }

    private CompletableFuture<Answer> stats() {
        return port.router().stats().thenApply(stats -> {
            Map<String, Object> body = describe(stats);
            body.putAll(describe(port.level().get()));
            return Answer.json(HttpResponseStatus.OK, body);
        });
    }

    private CompletableFuture<Answer> denied(ChannelHandlerContext ctx, Principal principal) {
        tellRefusal(
                ctx,
                Metric.INTERNAL_DENIED,
                new SecurityEvent(SecurityEvent.Kind.DENIED, principal.user(), null, "internal port", ip));
        return now(Answer.error(HttpResponseStatus.FORBIDDEN, "forbidden", "the token does not grant admin"));
    }

    /** Logs and counts a refusal; it is counted before the answer is written. Any thread. */
    private void tellRefusal(ChannelHandlerContext ctx, Metric metric, SecurityEvent event) {
        port.listener().onSecurityEvent(event);
        ctx.executor()
                .execute(() -> port.router()
                        .shards()
                        .get(port.loops().indexOf(ctx.channel().eventLoop()))
                        .counters()
                        .increment(metric));
    }

    // ---- publishing

    private CompletableFuture<Answer> publish(Principal publisher, byte[] body) {
        if (body.length > port.config().limits().messageBytes()) {
            return now(receiptAnswer(null, Receipt.refused(Outcome.TOO_LARGE)));
        }
        Command command = read(body);
        noteIfRefused(publisher, command);
        if (command instanceof Command.Invalid invalid) {
            return now(Answer.error(HttpResponseStatus.BAD_REQUEST, "bad_request", invalid.reason()));
        }
        return receipt(publisher, command).thenApply(receipt -> receiptAnswer(command.id(), receipt));
    }

    /** A batch: each line is published, in order, before the first answer is awaited. */
    private CompletableFuture<Answer> publishLines(Principal publisher, byte[] body) {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int start = 0; start < body.length; ) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            if (end > start) {
                answers.add(publishLine(publisher, Arrays.copyOfRange(body, start, end)));
            }
            start = end + 1;
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    ByteArrayOutputStream lines = new ByteArrayOutputStream();
                    for (CompletableFuture<byte[]> answer : answers) {
                        lines.writeBytes(answer.join());
                        lines.write('\n');
                    }
                    return new Answer(HttpResponseStatus.OK, NDJSON, lines.toString(UTF_8));
                });
    }

    private CompletableFuture<byte[]> publishLine(Principal publisher, byte[] line) {
        if (line.length > port.config().limits().messageBytes()) {
            return CompletableFuture.completedFuture(Pushes.receipt(null, Receipt.refused(Outcome.TOO_LARGE)));
        }
        Command command = read(line);
        noteIfRefused(publisher, command);
        if (command instanceof Command.Invalid invalid) {
            return CompletableFuture.completedFuture(Pushes.error(invalid.id(), invalid.code(), invalid.reason()));
        }
        return receipt(publisher, command).thenApply(receipt -> Pushes.receipt(command.id(), receipt));
    }

    private void noteIfRefused(Principal publisher, Command command) {
        if (!(command instanceof Command.Publish)) {
            port.router().noteRefused(Requester.of(publisher, ip), command);
        }
    }

    private CompletableFuture<Receipt> receipt(Principal publisher, Command command) {
        return command instanceof Command.Publish publish
                ? port.router().publish(Requester.of(publisher, ip), publish)
                : CompletableFuture.completedFuture(Receipt.refused(Outcome.FORBIDDEN));
    }

    private static Command read(byte[] utf8) {
        return Utf8Validator.isValid(utf8, 0, utf8.length)
                ? new EnvelopeDecoder().decodePublish(utf8, utf8.length)
                : EnvelopeDecoder.invalid("not UTF-8");
    }

    private static Answer receiptAnswer(@Nullable String id, Receipt receipt) {
        return new Answer(
                statusOf(receipt.outcome()), JSON_TYPE, new String(Pushes.receipt(id, receipt), UTF_8) + '\n');
    }

    private static HttpResponseStatus statusOf(Outcome outcome) {
        return switch (outcome) {
            case DELIVERED, PARTIAL, QUEUED -> HttpResponseStatus.OK;
            case NO_ROUTE -> HttpResponseStatus.NOT_FOUND;
            case FORBIDDEN -> HttpResponseStatus.FORBIDDEN;
            case OWNER_MISMATCH -> HttpResponseStatus.CONFLICT;
            case CLOSED -> HttpResponseStatus.GONE;
            case TOO_LARGE -> HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
            case RATE_LIMITED -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case WRITE_FAILED -> HttpResponseStatus.BAD_GATEWAY;
            case OVERLOADED, CIRCUIT_OPEN, SLOW_CONSUMER -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case UNKNOWN, EXPIRED -> HttpResponseStatus.GATEWAY_TIMEOUT;
        };
    }

    // ---- answers

    private Answer answerFailure(ChannelHandlerContext ctx, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof AuthenticationException refused) {
            AuthFailure reason = refused.failure();
            tellRefusal(
                    ctx,
                    Metric.INTERNAL_UNAUTHENTICATED,
                    new SecurityEvent(SecurityEvent.Kind.UNAUTHENTICATED, null, null, reason.word(), ip));
            return Answer.error(
                    reason.isRetryable() ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.UNAUTHORIZED,
                    reason.word(),
                    reason.explanation());
        }
        port.listener().onBug(cause);
        return Answer.error(
                HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal_error", "the router met a fault of its own");
    }

    /** The answer to a request whose body is larger than the port takes. */
    static FullHttpResponse tooLarge() {
        return response(receiptAnswer(null, Receipt.refused(Outcome.TOO_LARGE)));
    }

    private void write(ChannelHandlerContext ctx, Answer answer) {
        ctx.writeAndFlush(response(answer));
        isAnswering = false;
        ctx.read();
    }

    private static FullHttpResponse response(Answer answer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, answer.status(), Unpooled.copiedBuffer(answer.body(), UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (answer.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
                || answer.status().equals(HttpResponseStatus.TOO_MANY_REQUESTS)) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return response;
    }

    private static Answer describe(Address user, List<ConnectionInfo> connections) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", user.name());
        body.put(
                "connections",
                connections.stream().map(RequestHandler::describe).toList());
        return Answer.json(connections.isEmpty() ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.OK, body);
    }

    private static Map<String, Object> describe(ConnectionInfo info) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("connection", info.id().toString());
        fields.put("user", info.id().user().name());
        fields.put("openedAt", info.id().epochSeconds());
        fields.put("expires", info.expiresAtEpochSeconds());
        fields.put("queuedBytes", info.queue().bytes());
        fields.put("oldestQueuedMs", TimeUnit.NANOSECONDS.toMillis(info.queue().oldestNanos()));
        Map<String, Integer> dropped = new LinkedHashMap<>();
        for (Priority priority : Priority.values()) {
            dropped.put(priority.word(), info.queue().dropped().getOrDefault(priority, 0));
        }
        fields.put("dropped", dropped);
        fields.put("subscriptions", info.subscriptions());
        return fields;
    }

    private static Map<String, Object> describe(ShardStats stats) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("connections", stats.connections());
        fields.put("users", stats.users());
        fields.put("topics", stats.topics());
        fields.put("subscribedTopics", stats.subscribedTopics());
        fields.put("queuedBytes", stats.queuedBytes());
        for (Map.Entry<Metric, Long> count : stats.counts().entrySet()) {
            fields.put(count.getKey().word(), count.getValue());
        }
        Map<String, Long> closed = new LinkedHashMap<>();
        stats.closed().forEach((reason, count) -> closed.put(reason.word(), count));
        fields.put("connections_closed_by_reason", closed);
        return fields;
    }

    private static Answer unknownConnection() {
        return Answer.error(HttpResponseStatus.NOT_FOUND, "unknown", "no such connection");
    }

    private static CompletableFuture<Answer> unknownPath() {
        return now(Answer.error(HttpResponseStatus.NOT_FOUND, "path_unknown", "there is nothing at this path"));
    }

    private static CompletableFuture<Answer> methodNotAllowed() {
        return now(Answer.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "not with this method"));
    }

    private static CompletableFuture<Answer> now(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static boolean isForeignHost(ChannelHandlerContext ctx, FullHttpRequest request) {
        InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
        return local.getAddress().isLoopbackAddress()
                && !LoopbackHost.matches(request.headers().get(HttpHeaderNames.HOST));
    }
}
