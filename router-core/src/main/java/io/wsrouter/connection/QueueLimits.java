package io.wsrouter.connection;

/**
 * How much may wait to be written.
 *
 * @param bytesPerConnection for one connection; a single message may be larger when nothing else waits
 * @param messagesPerConnection for one connection
 * @param bytesOfNode for all connections of the node, a frame that waits for many of a loop counted once
 * @param policy what happens beyond it
 */
public record QueueLimits(
        long bytesPerConnection, int messagesPerConnection, long bytesOfNode, SlowConsumerPolicy policy) {

    private static final int RETRY_PART = 8;

    /** What is set aside on each of so many loops for messages that are tried again: together an eighth of the node's. */
    public long retryBytesOfLoop(int loops) {
        return bytesOfNode / RETRY_PART / loops;
    }
}
