package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.wsrouter.pipeline.MoveClient.Conversation;
import io.wsrouter.pipeline.MoveClient.Manner;
import io.wsrouter.pipeline.MoveClient.Visit;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LoopMoveTest {
    private static final int LOOPS = 2;
    private static final int FRAMES = 3;
    private static final int ELSEWHERE = -1;
    private static final int FIRST_READ_BYTES = 2048;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Map<Security, MoveClient> CLIENTS = new EnumMap<>(Security.class);

    @AfterAll
    static void closeClients() {
        CLIENTS.values().forEach(MoveClient::close);
        CLIENTS.clear();
    }

    /** A moment on the way, in their order, and who acts then. */
    enum Moment {
        /** The old loop, before the move. */
        BEFORE_START,
        /** The old loop, before it has deregistered the channel. */
        AFTER_START,
        /** The old loop, while it tells the handlers that they are unregistered. */
        ON_DEREGISTRATION,
        /** Another thread, while the channel waits for the new loop. */
        IN_TRANSIT,
        /** The new loop, just before it takes the channel up. */
        AHEAD_OF_ARRIVAL,
        /** The new loop, while it tells the handlers that they are registered. */
        ON_REGISTRATION,
        /** The new loop, in the completion. */
        ON_MOVED,
        /** The new loop, just after the move. */
        BEHIND_ARRIVAL;

        boolean isOnTheWay() {
            return compareTo(ON_MOVED) < 0;
        }
    }

    /** What happens then. */
    enum Event {
        CLOSE,
        REQUEST_CLOSE,
        PEER_LEAVES,
        PEER_SLAMS,
        PEER_SPEAKS,
        NEW_LOOP_ENDS,
        OLD_LOOP_ENDS
    }

    @ParameterizedTest
    @MethodSource
    void shouldEndWellWhateverHappensOnTheWay(Transport transport, Security security, Moment moment, Event event)
            throws Exception {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        Trip trip = new Trip(moment, event);
        try (MoveServer server = new MoveServer(transport, security, LOOPS, allocator, trip)) {
            trip.peer.complete(client(security).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1));

            Passenger passenger = trip.awaitOutcome();

            if (event == Event.PEER_SPEAKS) {
                assertThat(passenger.hasMoved()).isTrue();
                assertThat(trip.peer().awaitEchoes()).matches(Visit::isEchoed);
            }
            if (trip.isDecisive()) {
                assertThat(passenger.hasFailed()).isEqualTo(moment.isOnTheWay());
            }
            trip.peer().leave();
            server.takeLeave(1);
        }
        assertThatAllIsReleased(allocator);
    }

    static Stream<Arguments> shouldEndWellWhateverHappensOnTheWay() {
        return ways().flatMap(way -> Stream.of(Moment.values())
                .flatMap(moment -> Stream.of(Event.values())
                        .filter(event -> canHappen(event, moment))
                        .map(event -> Arguments.of(way.get()[0], way.get()[1], moment, event))));
    }

    private static boolean canHappen(Event event, Moment moment) {
        return switch (event) {
            case REQUEST_CLOSE -> moment != Moment.BEFORE_START;
            case NEW_LOOP_ENDS -> moment != Moment.BEHIND_ARRIVAL;
            default -> true;
        };
    }

    @ParameterizedTest
    @MethodSource
    void shouldTearDownWhenTheNewLoopFails(Transport transport, Security security, HostileLoop.Malice malice)
            throws Exception {
        AtomicReference<HostileLoop> hostile = new AtomicReference<>();
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            public EventLoop home(EventLoop named) {
                hostile.set(new HostileLoop(named, malice));
                return hostile.get().asEventLoop();
            }
        };
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        try (MoveServer server = new MoveServer(transport, security, LOOPS, allocator, script)) {
            Conversation peer = client(security).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1);

            assertThat(peer.visit).succeedsWithin(TIMEOUT).matches(visit -> visit.status() == 0);
            Passenger passenger = server.passengers().get(0);
            hostile.get().runDelayed();
            server.takeLeave(1);
            assertThat(passenger.hasFailed()).isTrue();
        }
        assertThatAllIsReleased(allocator);
    }

    static Stream<Arguments> shouldTearDownWhenTheNewLoopFails() {
        return ways().flatMap(way ->
                Stream.of(HostileLoop.Malice.values()).map(malice -> Arguments.of(way.get()[0], way.get()[1], malice)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldCloseTheChannelWhenTheCompletionFails(Transport transport, Security security) throws Exception {
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            public void onMoved(Passenger passenger) {
                throw new IllegalStateException("a bug");
            }
        };
        try (MoveServer server = new MoveServer(transport, security, LOOPS, ByteBufAllocator.DEFAULT, script)) {
            client(security).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1);

            server.takeLeave(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldTearDownWhenTheOldLoopHasShutDown(Transport transport) throws Exception {
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            @SuppressWarnings("deprecation")
            public void beforeStart(Passenger passenger, EventLoop home) {
                passenger.channel.eventLoop().shutdown();
            }
        };
        try (MoveServer server = new MoveServer(transport, Security.PLAIN, LOOPS, ByteBufAllocator.DEFAULT, script)) {
            client(Security.PLAIN).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1);

            server.takeLeave(1);
        }
    }

    /** The FIN has epoll read what lies behind the request while the channel waits to be deregistered. */
    @Test
    void shouldFailWhenFramesAreReadOnTheOldLoop() throws Exception {
        String head = "GET /ws HTTP/1.1\r\nX-Home: -1\r\nX-Filler: ";
        String request = head + "x".repeat(FIRST_READ_BYTES - head.length() - 4) + "\r\n\r\n";
        CountDownLatch everythingIsThere = new CountDownLatch(1);
        try (MoveServer server = quietServer(Transport.EPOLL, Security.PLAIN)) {
            server.members.forEach(loop -> loop.execute(() -> join(everythingIsThere)));
            try (Socket socket = new Socket()) {
                socket.connect(server.address());
                socket.getOutputStream().write((request + "frames").getBytes(StandardCharsets.US_ASCII));
            }
            everythingIsThere.countDown();

            await().until(() -> server.passengers().stream().anyMatch(Passenger::isDecided));
            assertThat(server.passengers().get(0).cause).isInstanceOf(ProtocolException.class);
            server.takeLeave(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldRefuseFramesSentTogetherWithTheRequest(Transport transport, Security security) throws Exception {
        try (MoveServer server = quietServer(transport, security)) {
            Conversation peer = client(security).visit(server, Manner.HASTY, ELSEWHERE, false, FRAMES, 1);

            assertThat(peer.visit).succeedsWithin(TIMEOUT).matches(visit -> visit.status() == 400);
            server.takeLeave(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldLoseNoFrameWhenClientSendsAtOnceAfterTheUpgrade(Transport transport, Security security)
            throws Exception {
        try (MoveServer server = quietServer(transport, security)) {
            Conversation peer = client(security).visit(server, Manner.POLITE, ELSEWHERE, false, 200, 1);

            assertThat(peer.visit).succeedsWithin(TIMEOUT).matches(Visit::isEchoed);
            server.takeLeave(1);
        }
    }

    /** The TLS handler moves with the beginning of a record in its buffer. */
    @ParameterizedTest
    @MethodSource("waysWithTls")
    void shouldLoseNoFrameWhoseRecordArrivesByHalvesBeforeAndAfterTheMove(Transport transport, Security security)
            throws Exception {
        try (MoveServer server = quietServer(transport, security)) {
            Conversation peer = client(security).visit(server, Manner.HALTING, ELSEWHERE, false, 1, 1);

            assertThat(peer.visit).succeedsWithin(TIMEOUT).matches(Visit::isEchoed);
            server.takeLeave(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldMoveToItsOwnLoopAtOnce(Transport transport, Security security) throws Exception {
        CompletableFuture<Boolean> hasMovedAtOnce = new CompletableFuture<>();
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            public void afterStart(Passenger passenger, EventLoop home) {
                hasMovedAtOnce.complete(passenger.hasMoved());
            }
        };
        try (MoveServer server = new MoveServer(transport, security, 1, ByteBufAllocator.DEFAULT, script)) {
            Conversation peer = client(security).visit(server, Manner.POLITE, ELSEWHERE, false, FRAMES, 1);

            assertThat(peer.visit).succeedsWithin(TIMEOUT).matches(Visit::isEchoed);
            assertThat(hasMovedAtOnce).isCompletedWithValue(true);
            server.takeLeave(1);
        }
    }

    /** An io_uring channel that is closed on the way may stay open for ever. */
    @ParameterizedTest
    @MethodSource("io.wsrouter.pipeline.Transport#available")
    void shouldMoveOnlyBetweenLoopsOfAProvenTransport(Transport transport) throws Exception {
        EventLoopGroup strangers = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        CompletableFuture<List<Boolean>> answers = new CompletableFuture<>();
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            public void beforeStart(Passenger passenger, EventLoop neighbour) {
                Channel channel = passenger.channel;
                answers.complete(List.of(
                        LoopMove.canMove(channel, channel.eventLoop()),
                        LoopMove.canMove(channel, neighbour),
                        LoopMove.canMove(channel, strangers.next())));
                channel.close();
                throw new IllegalStateException("enough");
            }
        };
        try (MoveServer server = new MoveServer(transport, Security.PLAIN, LOOPS, ByteBufAllocator.DEFAULT, script)) {
            client(Security.PLAIN).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1);

            assertThat(answers)
                    .succeedsWithin(TIMEOUT)
                    .isEqualTo(List.of(true, transport != Transport.IO_URING, false));
            server.takeLeave(1);
        } finally {
            strangers.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldNotMoveWhileWritingOrLingering(Transport transport) throws Exception {
        CompletableFuture<List<Boolean>> answers = new CompletableFuture<>();
        MoveServer.Script script = new MoveServer.Script() {
            @Override
            public void beforeStart(Passenger passenger, EventLoop neighbour) {
                Channel channel = passenger.channel;
                channel.config().setOption(ChannelOption.SO_LINGER, 1);
                boolean lingering = LoopMove.canMove(channel, neighbour);
                channel.config().setOption(ChannelOption.SO_LINGER, -1);
                channel.write(channel.alloc().buffer().writeByte(0));
                boolean writing = LoopMove.canMove(channel, neighbour);
                answers.complete(List.of(lingering, writing));
                channel.close();
            }
        };
        try (MoveServer server = new MoveServer(transport, Security.PLAIN, LOOPS, ByteBufAllocator.DEFAULT, script)) {
            client(Security.PLAIN).visit(server, Manner.WAITS, ELSEWHERE, false, FRAMES, 1);

            assertThat(answers).succeedsWithin(TIMEOUT).isEqualTo(List.of(false, false));
            server.takeLeave(1);
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of(Transport.NIO, Transport.EPOLL)
                .filter(Transport::isAvailable)
                .flatMap(transport -> Stream.of(Security.values())
                        .filter(Security::isAvailable)
                        .map(security -> Arguments.of(transport, security)));
    }

    static Stream<Arguments> waysWithTls() {
        return ways().filter(way -> way.get()[1] != Security.PLAIN);
    }

    private static MoveServer quietServer(Transport transport, Security security) throws Exception {
        return new MoveServer(transport, security, LOOPS, ByteBufAllocator.DEFAULT, new MoveServer.Script() {});
    }

    private static MoveClient client(Security security) {
        return CLIENTS.computeIfAbsent(security, MoveClient::new);
    }

    private static void assertThatAllIsReleased(UnpooledByteBufAllocator allocator) {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    /** Has an event happen to a moving channel at a moment. */
    private static final class Trip implements MoveServer.Script {
        private final Moment moment;
        private final Event event;
        private final CompletableFuture<Conversation> peer = new CompletableFuture<>();
        private final CompletableFuture<Passenger> started = new CompletableFuture<>();
        private final CountDownLatch newLoopIsFree = new CountDownLatch(1);

        private volatile EventLoop from;
        private volatile EventLoop to;

        Trip(Moment moment, Event event) {
            this.moment = moment;
            this.event = event;
        }

        /** Whether the event settles what becomes of the move. Somebody else's close has to reach the channel first. */
        boolean isDecisive() {
            return event == Event.REQUEST_CLOSE
                    || event == Event.NEW_LOOP_ENDS
                    || (event == Event.CLOSE && moment != Moment.AHEAD_OF_ARRIVAL);
        }

        Conversation peer() {
            return peer.join();
        }

        Passenger awaitOutcome() throws Exception {
            Passenger passenger = started.get(10, TimeUnit.SECONDS);
            if (holdsNewLoopUp()) {
                SingleThreadIoEventLoop loop = (SingleThreadIoEventLoop) to;
                int tasks = moment == Moment.AHEAD_OF_ARRIVAL ? 2 : 1;
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> loop.pendingTasks() >= tasks || passenger.isDecided());
                if (moment == Moment.IN_TRANSIT) {
                    happen(passenger);
                    if (!from.isShuttingDown()) {
                        from.submit(() -> {}).sync();
                    }
                }
                if (moment == Moment.BEHIND_ARRIVAL) {
                    to.execute(() -> happen(passenger));
                }
                newLoopIsFree.countDown();
            }
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(passenger::isDecided);
            return passenger;
        }

        private boolean holdsNewLoopUp() {
            return moment == Moment.IN_TRANSIT || moment == Moment.AHEAD_OF_ARRIVAL || moment == Moment.BEHIND_ARRIVAL;
        }

        @Override
        public void beforeStart(Passenger passenger, EventLoop home) {
            from = passenger.channel.eventLoop();
            to = home;
            if (holdsNewLoopUp()) {
                CountDownLatch isBusy = new CountDownLatch(1);
                to.execute(() -> {
                    isBusy.countDown();
                    join(newLoopIsFree);
                });
                join(isBusy);
            }
            if (moment == Moment.AHEAD_OF_ARRIVAL) {
                to.execute(() -> happen(passenger));
            }
            happenAt(Moment.BEFORE_START, passenger);
        }

        @Override
        public void afterStart(Passenger passenger, EventLoop home) {
            happenAt(Moment.AFTER_START, passenger);
            started.complete(passenger);
        }

        @Override
        public void onUnregistered(Passenger passenger) {
            happenAt(Moment.ON_DEREGISTRATION, passenger);
        }

        @Override
        public void onRegistered(Passenger passenger) {
            happenAt(Moment.ON_REGISTRATION, passenger);
        }

        @Override
        public void onMoved(Passenger passenger) {
            happenAt(Moment.ON_MOVED, passenger);
        }

        private void happenAt(Moment now, Passenger passenger) {
            if (now == moment) {
                happen(passenger);
            }
        }

        private void happen(Passenger passenger) {
            switch (event) {
                case CLOSE -> passenger.channel.close();
                case REQUEST_CLOSE -> {
                    if (!passenger.move.requestClose()) {
                        passenger.channel.close();
                    }
                }
                case PEER_LEAVES -> {
                    peer().leave();
                    peer().channel.closeFuture().awaitUninterruptibly();
                }
                case PEER_SLAMS -> {
                    peer().slam();
                    peer().channel.closeFuture().awaitUninterruptibly();
                }
                case PEER_SPEAKS -> peer().speak().awaitUninterruptibly();
                case NEW_LOOP_ENDS -> to.shutdownGracefully(quietMillis(), 1_000, TimeUnit.MILLISECONDS);
                case OLD_LOOP_ENDS -> from.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
        }

        /*
         * Without a quiet period a loop that is running tasks may end and leave its channels open
         * (SingleThreadIoEventLoop.run: prepareToDestroy comes before the tasks). A channel that has moved is one of
         * them, as any other.
         */
        private int quietMillis() {
            return moment.isOnTheWay() ? 0 : 10;
        }
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
