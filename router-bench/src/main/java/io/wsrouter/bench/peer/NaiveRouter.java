package io.wsrouter.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The router that an afternoon with Netty gives: concurrent maps of channels, a JSON tree for every frame, and a write and flush
 * for every receiver. Tokens are verified with HS256; there are no grants, no limits and no back pressure, and a receipt says
 * what was attempted.
 *
 * <p>With a plan of faults it delivers wrongly on purpose, so that what checks deliveries can be checked.
 */
public final class NaiveRouter implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_MESSAGE = 1 << 20;
    private static final int ACCEPT_BACKLOG = 65_535;
    private static final String TOPIC = "topic:";

    private final ConcurrentHashMap<String, Set<Channel>> users = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Set<Channel>> topics = new ConcurrentHashMap<>();
    private final MultiThreadIoEventLoopGroup loops;
    private final JwtParser tokens;
    private final @Nullable FaultyWriter faults;
    private final AtomicReference<@Nullable Channel> listener = new AtomicReference<>();

    private NaiveRouter(int loops, String secret, FaultPlan plan) {
        this.loops = new MultiThreadIoEventLoopGroup(
                loops,
                new DefaultThreadFactory("naive-loop", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.tokens = Jwts.parser()
                .verifyWith(Keys.hmacShaKeyFor(secret.getBytes(UTF_8)))
                .build();
        this.faults = plan.isEmpty() ? null : new FaultyWriter(plan, users);
    }

    /**
     * Starts one on loopback.
     *
     * @param port where it listens, or 0 for a free one
     * @param loops its threads
     * @param secret the HMAC secret of the tokens, at least 32 bytes
     * @param faults what it does wrong
     * @throws InterruptedException when interrupted before it listens
     */
    public static NaiveRouter start(int port, int loops, String secret, FaultPlan faults) throws InterruptedException {
        NaiveRouter router = new NaiveRouter(loops, secret, faults);
        try {
            router.listen(port);
        } catch (InterruptedException | RuntimeException e) {
            router.close();
            throw e;
        }
        return router;
    }

    private void listen(int port) throws InterruptedException {
        Class<? extends ServerSocketChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        listener.set(new ServerBootstrap()
                .group(loops)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(LARGEST_MESSAGE),
                                        new NaiveToken(NaiveRouter.this),
                                        new WebSocketServerProtocolHandler(
                                                "/ws", "ws-router.v1.json", false, LARGEST_MESSAGE),
                                        new NaiveHandler(NaiveRouter.this));
                    }
                })
                .bind("127.0.0.1", port)
                .sync()
                .channel());
    }

    /** Where it listens. Any thread. */
    public int port() {
        Channel listening = listener.get();
        if (listening == null) {
            throw new IllegalStateException("it does not listen");
        }
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    Claims verify(String token) {
        return tokens.parseSignedClaims(token).getPayload();
    }

    void onOpen(String user, long expires, Channel channel) {
        users.compute(user, (name, members) -> with(members, channel));
        send(
                channel,
                push("welcome")
                        .put("connection", "ws_" + user + '_' + UUID.randomUUID())
                        .put("user", user)
                        .put("node", "naive")
                        .put("heartbeat", 0)
                        .put("maxMessageBytes", LARGEST_MESSAGE)
                        .put("expires", expires));
    }

    void onClose(String user, Channel channel) {
        remove(users, user, channel);
        topics.keySet().forEach(topic -> remove(topics, topic, channel));
    }

    private static void remove(Map<String, Set<Channel>> channels, String key, Channel channel) {
        channels.computeIfPresent(key, (name, members) -> {
            members.remove(channel);
            return members.isEmpty() ? null : members;
        });
    }

    void onText(String user, Channel channel, String text) throws JsonProcessingException {
        JsonNode command = JSON.readTree(text);
        String to = command.path("to").asText();
        switch (command.path("type").asText()) {
            case "publish" -> publish(user, channel, to, command);
            case "subscribe" -> {
                topics.compute(to, (topic, members) -> with(members, channel));
                send(channel, answer("ok", command));
            }
            case "unsubscribe" -> {
                remove(topics, to, channel);
                send(channel, answer("ok", command));
            }
            case "ping" -> send(channel, answer("pong", command));
            default -> send(channel, answer("error", command).put("code", "bad_request"));
        }
    }

    private static Set<Channel> with(@Nullable Set<Channel> members, Channel channel) {
        Set<Channel> all = members == null ? ConcurrentHashMap.newKeySet() : members;
        all.add(channel);
        return all;
    }

    private void publish(String from, Channel publisher, String to, JsonNode command) throws JsonProcessingException {
        ObjectNode message = push("message").put("to", to).put("from", "user:" + from);
        if (command.has("event")) {
            message.set("event", command.get("event"));
        }
        message.put("at", System.currentTimeMillis());
        if (command.has("data")) {
            message.set("data", command.get("data"));
        }
        String text = JSON.writeValueAsString(message);
        Collection<Channel> receivers = receivers(to);
        for (Channel receiver : receivers) {
            deliver(from, receiver, text);
        }
        if (command.has("id")) {
            send(publisher, receipt(command, receivers.size()));
        }
    }

    private Collection<Channel> receivers(String to) {
        return to.startsWith(TOPIC)
                ? topics.getOrDefault(to, Set.of())
                : users.getOrDefault(to.substring(to.indexOf(':') + 1), Set.of());
    }

    private void deliver(String from, Channel receiver, String text) {
        if (faults == null) {
            receiver.writeAndFlush(new TextWebSocketFrame(text));
        } else {
            faults.write(from, receiver, text);
        }
    }

    private static ObjectNode receipt(JsonNode command, int receivers) {
        ObjectNode receipt = answer("receipt", command)
                .put("outcome", receivers == 0 ? "no_route" : "delivered")
                .put("matched", receivers)
                .put("delivered", receivers)
                .put("queued", 0);
        receipt.putObject("refused");
        return receipt;
    }

    private static ObjectNode answer(String type, JsonNode command) {
        ObjectNode answer = push(type);
        if (command.has("id")) {
            answer.set("id", command.get("id"));
        }
        return answer;
    }

    private static ObjectNode push(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static void send(Channel channel, ObjectNode push) {
        channel.writeAndFlush(new TextWebSocketFrame(push.toString()));
    }

    /** Closes all connections and ends the loops. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
