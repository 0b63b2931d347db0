package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Compares the topics of one shard with what their home shards know, and the topics that it is home to with what the shards
 * have. Belongs to one loop.
 *
 * <p>Questions and answers travel in the same order as the interest itself, so an answer never overtakes news. What still
 * disagrees, with its generation unchanged, is suspected, and repaired when the next pass finds the very same.
 */
final class InterestAudit {

    private static final int MOST_SUSPECTED = 10_000;

    /** That a shard has subscribers for a topic, since which generation, and how many it has said. */
    private record Claim(Address topic, long generation, int subscribers) {}

    private record Suspect(Kind kind, Address topic, int shard, long generation) {}

    private final ShardAudit audit;
    private final SubscriptionTable subscriptions;
    private final TopicTable topics;
    private final List<List<Claim>> toHomes = new ArrayList<>();
    private final List<List<Claim>> toSubscribers = new ArrayList<>();
    private Set<Suspect> before = Set.of();
    private Set<Suspect> suspected = new HashSet<>();

    InterestAudit(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.subscriptions = tables.subscriptions();
        this.topics = tables.topics();
    }

    void start() {
        toHomes.clear();
        toSubscribers.clear();
        for (int i = 0; i < audit.shards().size(); i++) {
            toHomes.add(new ArrayList<>());
            toSubscribers.add(new ArrayList<>());
        }
        before = suspected;
        suspected = new HashSet<>();
    }

    void asksHomeOf(LocalTopic local) {
        toHomes.get(local.topic().homeShard(toHomes.size()))
                .add(new Claim(local.topic(), local.generation(), local.announced()));
    }

    void asksSubscribersOf(TopicInterest topic, int shard) {
        toSubscribers.get(shard).add(new Claim(topic.topic(), topic.generationOf(shard), topic.subscribersOf(shard)));
    }

    /** Asks the other shards about what was walked over since this was last called. */
    void ask() {
        int self = audit.shard().index();
        for (int i = 0; i < toHomes.size(); i++) {
            int other = i;
            Shard to = audit.shards().get(other);
            List<Claim> asHome = toHomes.get(other);
            if (!asHome.isEmpty()) {
                toHomes.set(other, new ArrayList<>());
                audit.asks(to, asked -> asked.interest().unknownAtHome(asHome, self), this::hearMissing);
            }
            List<Claim> asSubscriber = toSubscribers.get(other);
            if (!asSubscriber.isEmpty()) {
                toSubscribers.set(other, new ArrayList<>());
                audit.asks(
                        to,
                        asked -> asked.interest().unknownToSubscriber(asSubscriber),
                        unknown -> hearStale(unknown, other));
            }
        }
    }

    private List<Claim> unknownAtHome(List<Claim> claims, int shard) {
        return where(
                claims,
                claim -> topics.generationOf(claim.topic(), shard) != claim.generation()
                        || topics.subscribersOf(claim.topic(), shard) != claim.subscribers());
    }

    private List<Claim> unknownToSubscriber(List<Claim> claims) {
        return where(claims, claim -> generationHere(claim.topic()) != claim.generation());
    }

    private void hearMissing(List<Claim> unknown) {
        for (Claim claim : unknown) {
            LocalTopic local = subscriptions.get(claim.topic());
            if (local == null || local.generation() != claim.generation()) {
                continue;
            }
            if (stands(Kind.MISSING_INDEX_ENTRY, claim, audit.shard().index())) {
                audit.shard().announce(local);
                audit.found(Kind.MISSING_INDEX_ENTRY, claim.topic(), Action.RESTORED);
            }
        }
    }

    private void hearStale(List<Claim> unknown, int shard) {
        for (Claim claim : unknown) {
            if (topics.generationOf(claim.topic(), shard) == claim.generation()
                    && stands(Kind.ORPHAN_INDEX_ENTRY, claim, shard)) {
                audit.shard().onInterestRemoved(claim.topic(), shard);
                audit.found(Kind.ORPHAN_INDEX_ENTRY, claim.topic(), Action.REMOVED);
            }
        }
    }

    /** Whether the pass before has seen the same; else it is seen now. */
    private boolean stands(Kind kind, Claim claim, int shard) {
        Suspect suspect = new Suspect(kind, claim.topic(), shard, claim.generation());
        if (before.contains(suspect)) {
            return true;
        }
        if (suspected.size() < MOST_SUSPECTED) {
            suspected.add(suspect);
        }
        audit.suspects(kind, claim.topic());
        return false;
    }

    private long generationHere(Address topic) {
        LocalTopic local = subscriptions.get(topic);
        return local == null ? TopicInterest.NO_GENERATION : local.generation();
    }

    private static List<Claim> where(List<Claim> claims, Predicate<Claim> isWrong) {
        List<Claim> wrong = new ArrayList<>(0);
        for (Claim claim : claims) {
            if (isWrong.test(claim)) {
                wrong.add(claim);
            }
        }
        return wrong;
    }
}
