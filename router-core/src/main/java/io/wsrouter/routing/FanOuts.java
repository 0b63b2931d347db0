package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of the topics of one shard to the shards with subscribers. What finds no credit there is refused, or when
 * it has a deadline waits in a line for that shard and is tried again. Belongs to one loop.
 */
final class FanOuts {

    private final ShardProxy[] proxies;
    private final TopicTable topics;
    private final LocalDelivery delivery;
    private final @Nullable FanOutLine[] lines;

    FanOuts(ShardProxy[] proxies, TopicTable topics, LocalDelivery delivery) {
        this.proxies = proxies;
        this.topics = topics;
        this.delivery = delivery;
        this.lines = new FanOutLine[proxies.length];
    }

    /** Sends a message, which is borrowed, to a shard with subscribers. */
    void send(Publication publication, int shard) {
        if (publication.message().hasDeadline()) {
            sendOrKeep(publication, shard);
        } else if (!proxies[shard].fanOut(publication)) {
            giveUp(publication, shard, Outcome.OVERLOADED);
        }
    }

    private void sendOrKeep(Publication publication, int shard) {
        FanOutLine line = lines[shard];
        if ((line == null || line.isEmpty()) && proxies[shard].fanOut(publication)) {
            return;
        }
        if (line == null) {
            line = new FanOutLine(this, shard, delivery.retries());
            lines[shard] = line;
        }
        if (!line.tryAdd(publication.kept())) {
            giveUp(publication, shard, Outcome.OVERLOADED);
        }
    }

    /** Tries once more and says whether there was credit. */
    boolean tryAgain(Publication publication, int shard) {
        return proxies[shard].fanOut(publication);
    }

    /** Accounts for the subscribers of a shard that a message cannot be sent to. */
    void giveUp(Publication publication, int shard, Outcome outcome) {
        int subscribers = topics.subscribersOf(publication.message().to(), shard);
        delivery.toUnreachable(publication, subscribers, outcome);
    }
}
