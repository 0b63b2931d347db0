package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * A million random combinations of sender, claimed owner, target and carrier, one in five of them spoiled. Users have names
 * that are easy to take for each other's. Each attempt has a number in its payload; each receiver holds every message that it
 * gets against what was decided when the attempt was made.
 */
@Command(name = "isolation", description = "1,000,000 publishes, many forbidden or forged: nothing on a wrong socket.")
final class IsolationScenario extends Scenario {

    private static final int ATTEMPTS = 1_000_000;
    private static final int SENDERS = 16;
    private static final int HTTP_SENDERS = 4;
    private static final int CONNECTIONS_OF_A_USER = 2;
    private static final int TOPICS = 8;
    private static final int CLIENT_LOOPS = 2;
    private static final int BATCH = 64;
    private static final int LINES_OF_A_REQUEST = 200;

    /** The router closes at the tenth bad command within ten seconds. */
    private static final int BAD_COMMANDS_OF_A_CONNECTION = 9;

    private static final List<String> USERS = List.of(
            "u-0",
            "u-1",
            "u-2",
            "u-3",
            "U-0",
            "u-00",
            "u-",
            "u-0.",
            "u-0_1757375098_00000000",
            "ws_u-0",
            "user:u-0",
            "connection:u-0",
            "topic:t-0",
            "u-\u041e",
            "\u00e9",
            "e\u0301",
            "\ud83d\ude00",
            "a/b+c%41",
            "';--",
            "{u-0}",
            "[u-0]",
            "<b<",
            "Null",
            "x".repeat(128),
            "\u202eu-0",
            "u\u200b-0");

    private static final List<List<String>> GRANTS = List.of(
            List.of(),
            List.of("user:u-0"),
            List.of("user:u-*"),
            List.of("user:ws_u-0"),
            List.of("topic:*"),
            List.of("topic:t-1", "user:\u00e9"),
            List.of("user:*"),
            List.of("*"));

    private enum Carrier {
        WEBSOCKET,
        HTTP,
        HTTP_BATCH
    }

    private final Map<String, Set<Integer>> receiversOf = new ConcurrentHashMap<>();
    private final Map<Attempt.Verdict, LongAdder> verdicts = new ConcurrentSkipListMap<>();
    private final Map<Carrier, LongAdder> sentBy = new ConcurrentSkipListMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final LongAdder connectionsOfSenders = new LongAdder();
    private final LongAdder misdelivered = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder wrongAnswers = new LongAdder();
    private final LongAdder missingAnswers = new LongAdder();
    private final List<String> targets = new ArrayList<>();
    private @Nullable AtomicReferenceArray<Attempt> attempts;
    private @Nullable AtomicReferenceArray<String> senders;
    private @Nullable AtomicIntegerArray received;
    private volatile String firstViolation = "";

    IsolationScenario() {}

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        int total = scaled(ATTEMPTS);
        attempts = new AtomicReferenceArray<>(total);
        senders = new AtomicReferenceArray<>(total);
        received = new AtomicIntegerArray(total);
        JsonNode stats;
        long start = System.nanoTime();
        try (LoadClient client = new LoadClient(CLIENT_LOOPS, router, deadline)) {
            openReceivers(client, deadline);
            attemptAll(client, router, total, deadline);
            deadline.within(Duration.ofSeconds(10)).holds(this::hasAllReceived);
            stats = new InternalApi(router).stats();
            long refusals = count(Attempt.Verdict.FORBIDDEN)
                    + count(Attempt.Verdict.OWNER_MISMATCH)
                    + count(Attempt.Verdict.BAD_IDENTITY);
            deadline.within(Duration.ofSeconds(10))
                    .holds(() -> router.refusalsLogged() + router.entriesLeftOut() >= refusals);
            router.terminate(verdict);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        verdict.say(
                "      %,d attempts in %.1f s by %s over %,d connections: %s",
                total, seconds, sentBy, connectionsOfSenders.sum(), verdicts);
        checkMessages(verdict, total);
        checkStats(verdict, router, stats);
    }

    // ---- receivers

    private void openReceivers(LoadClient client, Deadline deadline) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed());
        Grants grants = new Grants(List.of(), List.of(AddressPattern.parse("topic:*")), false);
        int index = 0;
        for (String user : USERS) {
            targets.add("user:" + user);
            for (int i = 0; i < CONNECTIONS_OF_A_USER; i++) {
                int receiver = index++;
                Set<String> topics = new HashSet<>();
                for (int j = 0; j < 2; j++) {
                    topics.add("topic:t-" + random.nextInt(TOPICS));
                }
                CountDownLatch subscribed = new CountDownLatch(topics.size());
                Peer peer = client.open(user, grants, (from, push) -> onReceiverPush(receiver, push, subscribed));
                deadline.await("the welcome of " + user, peer.welcomed());
                peer.loop().execute(() -> {
                    topics.forEach(
                            topic -> peer.write("{\"type\":\"subscribe\",\"id\":\"s\",\"to\":\"" + topic + "\"}"));
                    peer.flush();
                });
                deadline.until("the subscriptions of " + user, () -> subscribed.getCount() == 0);
                String connection = "connection:" + peer.connectionId();
                targets.add(connection);
                targets.add(connection.substring(0, connection.length() - 1) + (connection.endsWith("0") ? "1" : "0"));
                mayReceive(receiver, "user:" + user);
                mayReceive(receiver, connection);
                topics.forEach(topic -> mayReceive(receiver, topic));
            }
        }
        for (int i = 0; i < TOPICS; i++) {
            targets.add("topic:t-" + i);
        }
        targets.add("topic:nobody");
        targets.add("user:nobody");
    }

    private void mayReceive(int receiver, String address) {
        receiversOf
                .computeIfAbsent(address, unused -> ConcurrentHashMap.newKeySet())
                .add(receiver);
    }

    private void onReceiverPush(int receiver, Push push, CountDownLatch subscribed) {
        if (push.type().equals("ok")) {
            subscribed.countDown();
        } else if (push.type().equals("message")) {
            onMessage(
                    push,
                    address -> receiversOf.getOrDefault(address, Set.of()).contains(receiver),
                    "receiver " + receiver);
        } else {
            violation(unreadable, "a receiver got " + push);
        }
    }

    /** Holds a message against the decision on the attempt that it is from. */
    private void onMessage(Push push, Predicate<String> isMine, String who) {
        int number = push.text("to").isEmpty() ? -1 : push.count("data.n");
        Attempt attempt =
                number < 0 || number >= attempts().length() ? null : attempts().get(number);
        if (attempt == null) {
            violation(unreadable, who + " got " + push);
            return;
        }
        boolean isRight = attempt.verdict() == Attempt.Verdict.ROUTED
                && push.text("to").equals(attempt.to())
                && push.text("from").equals("user:" + senders().get(number))
                && isMine.test(push.text("to"));
        if (!isRight) {
            violation(misdelivered, who + " got " + push + " of " + attempt);
        }
        received().incrementAndGet(number);
    }

    // ---- senders

    private void attemptAll(LoadClient client, RouterProcess router, int total, Deadline deadline)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed());
        List<CompletableFuture<Void>> work = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Sender sender = new Sender("s-" + i, GRANTS.get(i % GRANTS.size()));
            SplittableRandom own = random.split();
            work.add(
                    inThread("sender-" + i, () -> sendFrames(client, sender, own, total * 7 / 10 / SENDERS, deadline)));
        }
        int overHttp = total - total * 7 / 10 / SENDERS * SENDERS;
        for (int i = 0; i < HTTP_SENDERS; i++) {
            Sender sender = new Sender("h-" + i, GRANTS.get(GRANTS.size() - 1 - i * 2));
            SplittableRandom own = random.split();
            int share = i == 0 ? overHttp - overHttp / HTTP_SENDERS * (HTTP_SENDERS - 1) : overHttp / HTTP_SENDERS;
            work.add(inThread("http-sender-" + i, () -> sendRequests(router, sender, own, share)));
        }
        deadline.await("all attempts", CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)));
    }

    /** Something that waits. */
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inThread(String name, Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** The answers to one batch of frames. Belongs to the loop of the connection until all have come. */
    private final class Answers {

        private final Map<String, Integer> waiting = new HashMap<>();
        private final CountDownLatch left;

        Answers(List<Integer> batch) {
            batch.forEach(number -> waiting.put(Integer.toString(number), number));
            left = new CountDownLatch(batch.size());
        }

        void onPush(Push push) {
            String id = push.text("id");
            Integer number = waiting.remove(id);
            if (number != null) {
                check(number, push.type().equals("error") ? push.text("code") : push.text("outcome"), push);
            } else if (!id.isEmpty() || !push.type().equals("error")) {
                violation(wrongAnswers, "an answer to nothing: " + push);
            }
            left.countDown();
        }

        /** Those whose id could not be read are told an error without one. */
        void checkUnnamed() {
            waiting.values().forEach(number -> {
                if (!isBad(attempt(number))) {
                    violation(wrongAnswers, "no answer with its id to " + attempt(number));
                }
            });
        }
    }

    private void sendFrames(LoadClient client, Sender sender, SplittableRandom random, int share, Deadline deadline)
            throws InterruptedException {
        Grants grants =
                new Grants(sender.grants().stream().map(AddressPattern::parse).toList(), List.of(), false);
        for (int sent = 0; sent < share; ) {
            AtomicReference<Answers> current = new AtomicReference<>();
            Peer peer = client.open(sender.user(), grants, (from, push) -> onSenderPush(sender, push, current.get()));
            deadline.await("the welcome of a sender", peer.welcomed());
            connectionsOfSenders.increment();
            int bad = 0;
            while (bad < BAD_COMMANDS_OF_A_CONNECTION && sent < share) {
                List<Integer> batch = new ArrayList<>();
                while (batch.size() < BATCH && bad < BAD_COMMANDS_OF_A_CONNECTION && sent < share) {
                    int number = next(sender, Carrier.WEBSOCKET, random);
                    batch.add(number);
                    bad += isBad(attempt(number)) ? 1 : 0;
                    sent++;
                }
                Answers answers = new Answers(batch);
                current.set(answers);
                peer.loop().execute(() -> {
                    batch.forEach(number -> peer.write(attempt(number).json()));
                    peer.flush();
                });
                if (!answers.left.await(30, TimeUnit.SECONDS)) {
                    missingAnswers.add(answers.left.getCount());
                    violation(wrongAnswers, "answers are missing, the first to " + attempt(batch.get(0)));
                    return;
                }
                answers.checkUnnamed();
            }
            peer.closePolitely();
            deadline.await("the end of a sender's connection", peer.closed());
        }
    }

    private void onSenderPush(Sender sender, Push push, @Nullable Answers answers) {
        if (push.type().equals("message")) {
            onMessage(push, address -> address.equals("user:" + sender.user()), "sender " + sender.user());
        } else if (answers == null) {
            violation(unreadable, "a sender got " + push);
        } else {
            answers.onPush(push);
        }
    }

    private void sendRequests(RouterProcess router, Sender sender, SplittableRandom random, int share)
            throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Grants grants =
                new Grants(sender.grants().stream().map(AddressPattern::parse).toList(), List.of(), false);
        String token = LoadClient.minter(router).mint(sender.user(), Duration.ofHours(1), grants);
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + router.internalPort() + "/v1/publish"))
                .header("Authorization", "Bearer " + token);
        for (int sent = 0; sent < share; ) {
            if (random.nextInt(100) > 0 || share - sent < LINES_OF_A_REQUEST) {
                int number = next(sender, Carrier.HTTP, random);
                Push answer = Push.read(
                        post(http, request, "application/json", attempt(number).json()));
                String error = answer.text("error");
                check(number, error.isEmpty() ? answer.text("outcome") : error, answer);
                sent++;
            } else {
                sendLines(http, request, sender, random);
                sent += LINES_OF_A_REQUEST;
            }
        }
    }

    private void sendLines(HttpClient http, HttpRequest.Builder request, Sender sender, SplittableRandom random)
            throws IOException, InterruptedException {
        List<Integer> batch = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < LINES_OF_A_REQUEST; i++) {
            int number = next(sender, Carrier.HTTP_BATCH, random);
            batch.add(number);
            body.append(attempt(number).json()).append('\n');
        }
        String answers =
                new String(post(http, request, "application/x-ndjson", body.toString()), StandardCharsets.UTF_8);
        List<String> lines = answers.lines().toList();
        if (lines.size() != batch.size()) {
            violation(wrongAnswers, lines.size() + " answers to a batch");
            return;
        }
        for (int i = 0; i < lines.size(); i++) {
            Push answer = Push.read(lines.get(i).getBytes(StandardCharsets.UTF_8));
            check(batch.get(i), answer.type().equals("error") ? answer.text("code") : answer.text("outcome"), answer);
        }
    }

    private static byte[] post(HttpClient http, HttpRequest.Builder request, String contentType, String body)
            throws IOException, InterruptedException {
        HttpRequest post = request.copy()
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(post, HttpResponse.BodyHandlers.ofByteArray()).body();
    }

    private int next(Sender sender, Carrier carrier, SplittableRandom random) {
        int number = numbers.getAndIncrement();
        Attempt attempt = Attempt.random(number, sender, targets, carrier != Carrier.WEBSOCKET, random);
        senders().set(number, sender.user());
        attempts().set(number, attempt);
        verdicts.computeIfAbsent(attempt.verdict(), unused -> new LongAdder()).increment();
        sentBy.computeIfAbsent(carrier, unused -> new LongAdder()).increment();
        return number;
    }

    // ---- what has to hold

    private static boolean isBad(Attempt attempt) {
        return attempt.verdict() == Attempt.Verdict.BAD || attempt.verdict() == Attempt.Verdict.BAD_IDENTITY;
    }

    private void check(int number, String answer, Push push) {
        Attempt attempt = attempt(number);
        int expected = expectedReceivers(number);
        boolean isRight = switch (attempt.verdict()) {
            case BAD, BAD_IDENTITY -> answer.equals("bad_request");
            case FORBIDDEN -> answer.equals("forbidden") && push.count("matched") == 0;
            case OWNER_MISMATCH -> answer.equals("owner_mismatch") && push.count("matched") == 0;
            case ROUTED ->
                answer.equals(expected == 0 ? "no_route" : "delivered")
                        && push.count("matched") == expected
                        && push.count("delivered") == expected;
        };
        if (!isRight) {
            violation(wrongAnswers, push + " to " + attempt + ", for " + expected);
        }
    }

    /** How many connections have to get it. A sender's own connection is the one that it sends by. */
    private int expectedReceivers(int number) {
        Attempt attempt = attempt(number);
        if (attempt.verdict() != Attempt.Verdict.ROUTED || attempt.to() == null) {
            return 0;
        }
        String sender = senders().get(number);
        if (sender.startsWith("s-") && attempt.to().equals("user:" + sender)) {
            return 1;
        }
        return receiversOf.getOrDefault(attempt.to(), Set.of()).size();
    }

    private boolean hasAllReceived() {
        for (int number = 0; number < numbers.get(); number++) {
            if (received().get(number) < expectedReceivers(number)) {
                return false;
            }
        }
        return true;
    }

    private void checkMessages(Verdict verdict, int total) {
        long messages = 0;
        long wrongCounts = 0;
        for (int number = 0; number < numbers.get(); number++) {
            messages += received().get(number);
            wrongCounts += received().get(number) == expectedReceivers(number) ? 0 : 1;
        }
        verdict.equal("attempts", numbers.get(), total);
        verdict.say("      %,d messages were received", messages);
        verdict.none("messages on a wrong socket, or of a forbidden attempt", misdelivered.sum());
        verdict.none("attempts received by more or fewer than may", wrongCounts);
        verdict.none("pushes that nobody should get", unreadable.sum());
        verdict.none("receipts and errors that are wrong", wrongAnswers.sum());
        verdict.none("answers that are missing", missingAnswers.sum());
        if (!firstViolation.isEmpty()) {
            verdict.say("      the first: %s", firstViolation);
        }
    }

    private void checkStats(Verdict verdict, RouterProcess router, JsonNode stats) {
        long bad = count(Attempt.Verdict.BAD) + count(Attempt.Verdict.BAD_IDENTITY);
        long mismatches = count(Attempt.Verdict.OWNER_MISMATCH) + count(Attempt.Verdict.BAD_IDENTITY);
        long denied = count(Attempt.Verdict.FORBIDDEN);
        long refused = denied + count(Attempt.Verdict.OWNER_MISMATCH);
        verdict.equal("router: bad requests", stats.path("bad_requests").asLong(), bad);
        verdict.equal("router: denied", stats.path("denied").asLong(), denied);
        verdict.equal("router: owner mismatches", stats.path("owner_mismatches").asLong(), mismatches);
        verdict.equal(
                "router: publishes that reached nobody",
                stats.path("publishes_refused").asLong(),
                refused + countWithoutReceiver());
        verdict.equal("router: published", stats.path("published").asLong(), refused + count(Attempt.Verdict.ROUTED));
        verdict.none(
                "router: misdeliveries refused",
                stats.path("misdelivery_refused").asLong());
        verdict.none("router: faults", stats.path("bugs").asLong());
        verdict.equal(
                "refusals in the security log, those it left out and counted included",
                router.refusalsLogged() + router.entriesLeftOut(),
                denied + mismatches);
        verdict.say(
                "      %,d are lines, %,d are counted as left out", router.refusalsLogged(), router.entriesLeftOut());
    }

    private long countWithoutReceiver() {
        long count = 0;
        for (int number = 0; number < numbers.get(); number++) {
            boolean isRouted = attempt(number).verdict() == Attempt.Verdict.ROUTED;
            count += isRouted && expectedReceivers(number) == 0 ? 1 : 0;
        }
        return count;
    }

    private long count(Attempt.Verdict verdict) {
        LongAdder count = verdicts.get(verdict);
        return count == null ? 0 : count.sum();
    }

    private void violation(LongAdder counter, String what) {
        counter.increment();
        if (firstViolation.isEmpty()) {
            firstViolation = what;
        }
    }

    private Attempt attempt(int number) {
        return attempts().get(number);
    }

    private AtomicReferenceArray<Attempt> attempts() {
        return Objects.requireNonNull(attempts);
    }

    private AtomicReferenceArray<String> senders() {
        return Objects.requireNonNull(senders);
    }

    private AtomicIntegerArray received() {
        return Objects.requireNonNull(received);
    }
}
