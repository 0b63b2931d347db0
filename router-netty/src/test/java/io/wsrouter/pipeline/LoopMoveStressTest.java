package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.wsrouter.pipeline.MoveClient.Conversation;
import io.wsrouter.pipeline.MoveClient.Manner;
import io.wsrouter.pipeline.MoveClient.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Waves of clients of every kind, each moved to a random loop. {@code -Dwsrouter.move.handshakes=12000} makes it long,
 * {@code -Dwsrouter.move.wave=1000} broad, and {@code -Dwsrouter.move.seed} repeats a run.
 */
final class LoopMoveStressTest {
    private static final int WAVE = Integer.getInteger("wsrouter.move.wave", 125);
    private static final int LOOPS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int LONGEST_DELAY_NANOS = 300_000;

    private static final long SEED = Long.getLong("wsrouter.move.seed", System.nanoTime());

    /** Every way that this machine offers, and how many handshakes it is tried with: TLS is slow. */
    static Stream<Arguments> ways() {
        return Stream.of(Security.values())
                .filter(Security::isAvailable)
                .flatMap(security -> Stream.of(Transport.NIO, Transport.EPOLL)
                        .filter(Transport::isAvailable)
                        .map(transport -> Arguments.of(transport, security, security == Security.PLAIN ? 500 : 125)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldLoseNoFrameAndNoHandlerWhateverClientsDo(Transport transport, Security security, int handshakes)
            throws Exception {
        Random random = new Random(SEED);
        int count = Integer.getInteger("wsrouter.move.handshakes", handshakes);
        System.out.printf("%s %s: %d handshakes, seed %d%n", transport, security, count, SEED);

        long sockets = 0;
        ExecutorService kicker = Executors.newSingleThreadExecutor();
        try (MoveServer server =
                        new MoveServer(transport, security, LOOPS, ByteBufAllocator.DEFAULT, new Kicking(kicker));
                MoveClient client = new MoveClient(security)) {
            for (int done = 0; done < count; done += WAVE) {
                List<Visit> visits = wave(server, client, random);
                assertThat(visits)
                        .as("seed %d", SEED)
                        .filteredOn(visit -> visit.manner() == Manner.POLITE && !visit.kicked())
                        .allMatch(Visit::isEchoed);
                assertThat(visits)
                        .as("seed %d", SEED)
                        .filteredOn(visit -> visit.manner() == Manner.HASTY && !visit.kicked())
                        .allMatch(visit -> visit.status() == 400 || visit.isEchoed());
                assertThat(visits).as("seed %d", SEED).allMatch(Visit::intact);
                server.takeLeave(WAVE);
                if (done == 0) {
                    sockets = openSockets();
                }
            }
            System.out.println(server.outcomes());
        } finally {
            kicker.shutdown();
        }
        assertThat(kicker.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        long afterFirstWave = sockets;
        await().untilAsserted(() -> assertThat(openSockets()).isLessThanOrEqualTo(afterFirstWave));
    }

    private static long openSockets() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(LoopMoveStressTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Visit> wave(MoveServer server, MoveClient client, Random random) throws Exception {
        List<Conversation> conversations = new ArrayList<>();
        for (int i = 0; i < WAVE; i++) {
            boolean kicked = random.nextInt(5) == 0;
            conversations.add(client.visit(
                    server, manner(random), random.nextInt(LOOPS), kicked, 1 + random.nextInt(20), random.nextLong()));
        }
        List<Visit> visits = new ArrayList<>();
        for (Conversation conversation : conversations) {
            assertThat(conversation.visit).as(conversation::toString).succeedsWithin(TIMEOUT);
            visits.add(conversation.visit.join());
        }
        return visits;
    }

    private static Manner manner(Random random) {
        List<Manner> bad = List.of(
                Manner.HASTY,
                Manner.LEAVES,
                Manner.SLAMS,
                Manner.LEAVES_HALF_WAY,
                Manner.SLAMS_HALF_WAY,
                Manner.LEAVES_IN_THE_MIDDLE,
                Manner.SLAMS_IN_THE_MIDDLE);
        return random.nextInt(3) > 0 ? Manner.POLITE : bad.get(random.nextInt(bad.size()));
    }

    /** Has connections closed by another thread, some time during the move or after it. */
    private record Kicking(ExecutorService kicker) implements MoveServer.Script {

        @Override
        public void afterStart(Passenger passenger, EventLoop home) {
            if (passenger.isKicked) {
                kicker.execute(() -> kick(passenger, home));
            }
        }

        private static void kick(Passenger passenger, EventLoop home) {
            long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(LONGEST_DELAY_NANOS);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            if (!passenger.move.requestClose()) {
                home.execute(passenger.channel::close);
            }
        }
    }
}
