package io.wsrouter.routing;

import io.wsrouter.connection.QueueLimits;
import java.time.Duration;

/**
 * The limits that shards enforce. {@link Integer#MAX_VALUE} lifts a limit.
 *
 * @param connectionsPerUser at most this many connections of one user, at least 1
 * @param whenUserIsFull what happens to one more
 * @param subscriptionsPerConnection at most this many topics for one connection
 * @param messagesPerSecond commands of one connection, publishes and others, at least 1
 * @param messagesPerSecondPerUser commands of all connections of one user together, at least 1
 * @param openReceiptsPerConnection publishes with an id that may wait for their receipt at one time
 * @param receiptTimeout after which a receipt counts what still waits as queued
 * @param heartbeatInterval how long a peer may be silent before it is pinged
 * @param heartbeatMisses how many pings in a row may stay unanswered
 * @param retry how messages with a time to live are tried again
 * @param credits how much may be on its way between two shards
 * @param readPause how long a connection's commands may wait for credit
 * @param queues how much may wait to be written
 */
public record RouterLimits(
        int connectionsPerUser,
        WhenUserIsFull whenUserIsFull,
        int subscriptionsPerConnection,
        int messagesPerSecond,
        int messagesPerSecondPerUser,
        int openReceiptsPerConnection,
        Duration receiptTimeout,
        Duration heartbeatInterval,
        int heartbeatMisses,
        RetryPolicy retry,
        CreditLimits credits,
        Duration readPause,
        QueueLimits queues) {

    /** What happens when a user with the most connections allowed opens one more. */
    public enum WhenUserIsFull {
        /** The new one is refused. */
        REFUSE,
        /** The oldest one is closed as replaced. */
        REPLACE
    }
}
