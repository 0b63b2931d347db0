package io.wsrouter.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Many idle clients, each of a user of its own, opened by a few threads from several addresses of loopback. */
final class IdleClients implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int CONNECTIONS_PER_LOCAL_ADDRESS = 5_000;
    private static final Duration TOKEN_TTL = Duration.ofHours(1);
    private static final Grants GRANTS = new Grants(
            List.of(AddressPattern.parse("topic:chat.*"), AddressPattern.parse("user:support-*")),
            List.of(AddressPattern.parse("topic:*")),
            false);

    /**
     * What each client does before it is idle.
     *
     * @param isBare whether it connects and does nothing else
     * @param hasGrants whether its token has grants
     * @param subscriptions how many topics it subscribes to
     * @param topics how many topics there are in all; zero for topics of its own
     * @param isUsed whether it has published to itself and got that
     */
    record Behaviour(boolean isBare, boolean hasGrants, int subscriptions, int topics, boolean isUsed) {}

    private final int port;
    private final Behaviour behaviour;
    private final @Nullable SSLContext tls;
    private final TokenMinter minter;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<IdleClient> clients = new ArrayList<>();

    /** Drawn anew for each opening: the ports of the last one are not free for a minute. */
    private final byte[] network = new byte[2];

    IdleClients(int port, String secret, Behaviour behaviour, @Nullable SSLContext tls) {
        this.port = port;
        this.behaviour = behaviour;
        this.tls = tls;
        this.minter = new TokenMinter(secret.getBytes(UTF_8), JwtAlgorithm.HS256, null, null, InstantSource.system());
    }

    /** Opens clients until there are {@code count}. */
    void openUpTo(int count) throws IOException, InterruptedException {
        ThreadLocalRandom.current().nextBytes(network);
        List<Callable<IdleClient>> openings = new ArrayList<>();
        for (int i = clients.size(); i < count; i++) {
            int number = i;
            openings.add(() -> open(number));
        }
        for (Future<IdleClient> opened : threads.invokeAll(openings)) {
            try {
                clients.add(opened.get());
            } catch (ExecutionException e) {
                throw new IOException("a client could not be opened", e.getCause());
            }
        }
    }

    private IdleClient open(int number) throws IOException {
        Socket socket = tls == null ? new Socket() : tls.getSocketFactory().createSocket();
        byte local = (byte) (1 + number / CONNECTIONS_PER_LOCAL_ADDRESS);
        IdleClient client = IdleClient.connect(
                socket, InetAddress.getByAddress(new byte[] {127, network[0], network[1], local}), port);
        if (behaviour.isBare()) {
            client.writeByte();
        } else {
            String user = userId(number);
            boolean hasGrants = behaviour.hasGrants() || behaviour.subscriptions() > 0;
            client.upgrade(minter.mint(user, TOKEN_TTL, hasGrants ? GRANTS : Grants.NONE));
            prepare(client, number, user);
        }
        return client;
    }

    private void prepare(IdleClient client, int number, String user) throws IOException {
        for (int i = 0; i < behaviour.subscriptions(); i++) {
            client.command(
                    "{\"type\":\"subscribe\",\"id\":\"s\",\"to\":\"topic:" + topic(number, i) + "\"}",
                    "\"type\":\"ok\"");
        }
        if (behaviour.isUsed()) {
            client.command("{\"type\":\"publish\",\"to\":\"user:" + user + "\",\"data\":{\"n\":1}}", "\"n\":1");
        }
    }

    /** As long as ids are that have a tenant in them. */
    private static String userId(int number) {
        return String.format(Locale.ROOT, "customer-%08d@tenant-%03d.example", number, number % 500);
    }

    /** Names of the same length, its own or shared with others. */
    private String topic(int number, int i) {
        int topic = number * behaviour.subscriptions() + i;
        return String.format(
                Locale.ROOT, "chat.room-%08d", behaviour.topics() == 0 ? topic : topic % behaviour.topics());
    }

    /** Closes all clients. */
    void closeAll() throws IOException {
        for (IdleClient client : clients) {
            client.close();
        }
        clients.clear();
    }

    @Override
    public void close() throws IOException {
        closeAll();
        threads.shutdown();
    }
}
