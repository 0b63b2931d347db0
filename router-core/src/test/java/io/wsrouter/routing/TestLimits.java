package io.wsrouter.routing;

import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import java.time.Duration;

/** The limits of a router under test: the defaults of the product, but for the rates, which are lifted. */
public final class TestLimits {

    private int connectionsPerUser = 16;
    private RouterLimits.WhenUserIsFull whenUserIsFull = RouterLimits.WhenUserIsFull.REFUSE;
    private int subscriptionsPerConnection = 100;
    private int messagesPerSecond = Integer.MAX_VALUE;
    private int messagesPerSecondPerUser = Integer.MAX_VALUE;
    private int openReceiptsPerConnection = Integer.MAX_VALUE;
    private Duration receiptTimeout = Duration.ofSeconds(2);
    private Duration heartbeatInterval = Duration.ofSeconds(25);
    private int heartbeatMisses = 2;
    private RetryPolicy retry = RetryPolicy.usual(1 << 20);
    private CreditLimits credits = CreditLimits.unlimited();
    private Duration readPause = Duration.ofSeconds(10);
    private QueueLimits queues = new QueueLimits(1 << 20, 1_000, 1 << 28, SlowConsumerPolicy.DISCONNECT);

    private TestLimits() {}

    /** The limits as they are unless a test says otherwise. */
    public static TestLimits usual() {
        return new TestLimits();
    }

    public TestLimits connectionsPerUser(int most, RouterLimits.WhenUserIsFull whenFull) {
        connectionsPerUser = most;
        whenUserIsFull = whenFull;
        return this;
    }

    public TestLimits subscriptionsPerConnection(int most) {
        subscriptionsPerConnection = most;
        return this;
    }

    public TestLimits messagesPerSecond(int most) {
        messagesPerSecond = most;
        return this;
    }

    public TestLimits messagesPerSecondPerUser(int most) {
        messagesPerSecondPerUser = most;
        return this;
    }

    public TestLimits openReceiptsPerConnection(int most) {
        openReceiptsPerConnection = most;
        return this;
    }

    public TestLimits receiptTimeout(Duration timeout) {
        receiptTimeout = timeout;
        return this;
    }

    public TestLimits heartbeat(Duration interval, int misses) {
        heartbeatInterval = interval;
        heartbeatMisses = misses;
        return this;
    }

    public TestLimits retry(RetryPolicy policy) {
        retry = policy;
        return this;
    }

    /** How much may be on its way between two shards; without limit unless a test says otherwise. */
    public TestLimits credits(int messages, long bytes) {
        credits = new CreditLimits(messages, bytes);
        return this;
    }

    public TestLimits readPause(Duration longest) {
        readPause = longest;
        return this;
    }

    public TestLimits queues(QueueLimits limits) {
        queues = limits;
        return this;
    }

    RouterLimits toLimits() {
        return new RouterLimits(
                connectionsPerUser,
                whenUserIsFull,
                subscriptionsPerConnection,
                messagesPerSecond,
                messagesPerSecondPerUser,
                openReceiptsPerConnection,
                receiptTimeout,
                heartbeatInterval,
                heartbeatMisses,
                retry,
                credits,
                readPause,
                queues);
    }
}
