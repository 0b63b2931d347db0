package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.config.Secret;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs over the links of several processes, as if these were on several machines. */
class HostsTest {

    private static final Secret SECRET = Secret.of(TestServer.SECRET);

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = LoadFixture.server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A worker at the other end of a link, and how its end of it ended. */
    private record Joined(Worker leading, Socket theirs, CompletableFuture<Void> end) {

        static Joined with(Secret leads, Secret joins, String clock) throws IOException {
            try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Socket theirs = new Socket(door.getInetAddress(), door.getLocalPort());
                CompletableFuture<Void> end = CompletableFuture.runAsync(() -> serve(theirs, joins, clock));
                return new Joined(new RemoteWorker(WorkerLink.lead(door.accept(), leads)), theirs, end);
            }
        }

        private static void serve(Socket socket, Secret secret, String clock) {
            try (WorkerLink link = WorkerLink.join(socket, secret);
                    Worker worker = new WorkerElsewhere(new LocalWorker(ServerProbe.minter(secret)), clock)) {
                RemoteWorker.serve(link, worker);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }
    }

    /** Says that its machine has another clock. */
    private record WorkerElsewhere(Worker worker, String clock) implements Worker {

        @Override
        public Info info() throws IOException {
            Info here = worker.info();
            return new Info(clock, here.nanos(), here.machine(), here.process());
        }

        @Override
        public void prepare(Assignment assignment) throws IOException {
            worker.prepare(assignment);
        }

        @Override
        public Connected connect() throws IOException {
            return worker.connect();
        }

        @Override
        public void start(long startNanos) throws IOException {
            worker.start(startNanos);
        }

        @Override
        public Sample sample() throws IOException {
            return worker.sample();
        }

        @Override
        public Part finish() throws IOException {
            return worker.finish();
        }

        @Override
        public void close() throws IOException {
            worker.close();
        }
    }

    private static LoadPlan plan() {
        return LoadFixture.plan(
                0.5,
                LoadFixture.unicast(21, 3, 500, true),
                new GroupPlan("topics", LoadScenario.FANOUT, 9, 2, 1, 50, 0, 64, false, 0, 0, 0));
    }

    @Test
    void shouldHoldMessagesBetweenHostsAgainstWhatWasSent() throws IOException {
        Joined here = Joined.with(SECRET, SECRET, Machine.clock());
        Joined elsewhere = Joined.with(SECRET, SECRET, "elsewhere");
        LoadResult result = LoadRun.run(
                plan(),
                LoadFixture.target(server),
                List.of(here.leading(), elsewhere.leading()),
                List.of("test"),
                second -> {});

        assertThat(result.claims().faults()).isEmpty();
        assertThat(Verification.of(result)).isEmpty();
        assertThat(result.load()).extracting(LoadResult.Load::host).containsExactly(0, 1);
        assertThat(LoadFixture.count(result, Count.RECEIVED)).isBetween(349L, 352L);
        assertThat(result.groups().get(0).claims().latencyMicros().count())
                .as("between processes that share a clock")
                .isBetween(1L, 300L);
        assertThat(here.end()).succeedsWithin(LoadFixture.PATIENCE);
        assertThat(elsewhere.end()).succeedsWithin(LoadFixture.PATIENCE);
    }

    @Test
    void shouldEndWhenAHostGoesAway() throws IOException {
        Joined stays = Joined.with(SECRET, SECRET, Machine.clock());
        Joined leaves = Joined.with(SECRET, SECRET, "elsewhere");

        assertThatThrownBy(() -> LoadRun.run(
                        plan(),
                        LoadFixture.target(server),
                        List.of(stays.leading(), leaves.leading()),
                        List.of("test"),
                        second -> closeQuietly(leaves.theirs())))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("the process that joined from 127\\.0\\.0\\.1:[0-9]+ is gone");
        assertThat(stays.end()).succeedsWithin(LoadFixture.PATIENCE);
        assertThat(leaves.end())
                .failsWithin(LoadFixture.PATIENCE)
                .withThrowableThat()
                .withMessageContaining("the process that leads the run is gone");
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTurnAwayWhoHasAnotherSecret() throws IOException {
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket theirs = new Socket(door.getInetAddress(), door.getLocalPort());
            CompletableFuture<Void> joins = CompletableFuture.runAsync(
                    () -> Joined.serve(theirs, Secret.of("another-secret-another-secret-another"), "elsewhere"));

            assertThatThrownBy(() -> WorkerLink.lead(door.accept(), SECRET))
                    .hasMessage("the other side has another token secret");
            assertThat(joins)
                    .failsWithin(LoadFixture.PATIENCE)
                    .withThrowableThat()
                    .withMessageContaining("turned us away");
        }
    }

    @Test
    void shouldNotWaitForeverForWhoDoesNotJoin() {
        List<String> said = new ArrayList<>();

        assertThatThrownBy(() -> Crew.gather(
                        0, 1, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0.1, SECRET, said::add))
                .hasMessage("0 of 1 processes have joined within 0.1 s");
        assertThat(said).singleElement().asString().startsWith("waiting for 1 to join at port ");
    }
}
