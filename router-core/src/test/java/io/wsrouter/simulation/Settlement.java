package io.wsrouter.simulation;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.routing.VirtualClock;

/**
 * What must hold when every receipt was due: who was there got everything, every command has its one answer, and the router has
 * counted what happened.
 */
final class Settlement {

    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Oracle oracle;
    private final World world;
    private final VirtualClock clock;

    // what the router has counted by the last settlement, or is to have counted
    private long misdeliveries;
    private long drift;
    private long receiptsDropped;

    Settlement(Oracle oracle, World world, VirtualClock clock) {
        this.oracle = oracle;
        this.world = world;
        this.clock = clock;
    }

    /** Looks at everything since the last time. */
    void settle(RouterCounts counts) {
        new TotalOrder(oracle).check(oracle.peers());
        for (Given one : oracle.allGiven()) {
            if (one instanceof Sent sent) {
                settle(sent);
            }
        }
        for (Peer peer : oracle.peers()) {
            settle(peer);
        }
        check(counts);
    }

    private void settle(Sent sent) {
        if (!sent.isCarriedOut()) {
            return;
        }
        if (sent.isUnderWay()
                && sent.hadReceivers()
                && sent.written().isEmpty()
                && sent.to().kind() == Address.Kind.TOPIC) {
            oracle.coverage().count(Rare.SUBSCRIBER_GONE);
        }
        if (sent.verdict() == null && !oracle.isCorrupted() && !sent.isTimed()) {
            expects(
                    sent.isWrittenAsExpected(),
                    "4 routable",
                    sent,
                    "was written to " + sent.written().size() + " receivers (expected " + sent.expected() + ")");
            for (Peer peer : oracle.peers()) {
                if (wasThere(peer, sent)) {
                    expects(wasWritten(peer, sent), "4 routable", peer, "was passed over by " + sent);
                }
            }
        }
        Peer publisher = sent.peer();
        if (publisher != null && sent.isUnderWay()) {
            publisher.mostLeftAlone += world.clients() * world.connectionsPerUser();
        }
        boolean isOwed = sent.rawId() != null && (publisher == null ? !oracle.hasDeadNodes() : publisher.isOpen);
        expects(
                sent.receipts() == 1 || (!isOwed && sent.receipts() == 0),
                "5 receipts",
                sent,
                "has " + sent.receipts() + " receipts (expected " + (isOwed ? 1 : "at most 1") + ")");
        if (sent.rawId() != null && sent.receipts() == 0) {
            oracle.coverage().count(Rare.RECEIPT_OF_CLOSED);
            receiptsDropped += sent.verdict() == null && !isOfTheDead(sent) ? 1 : 0;
        }
        if (publisher != null
                && sent.rawId() == null
                && sent.verdict() == null
                && sent.written().isEmpty()) {
            publisher.mostNoRoute++;
            publisher.leastNoRoute += sent.to().kind() == Address.Kind.TOPIC
                            || oracle.mayBeLeftAlone(sent)
                            || sent.isForAnotherNode()
                    ? 0
                    : 1;
        }
    }

    /** Whether its publisher, or what was to become of it, has died with a node. */
    private boolean isOfTheDead(Sent sent) {
        return sent.peer() != null && oracle.isDead(sent.peer().node);
    }

    private static boolean wasThere(Peer peer, Sent sent) {
        boolean isFarAndLost = sent.mayBeLost() && (sent.peer() == null || sent.peer().node != peer.node);
        if (isFarAndLost) {
            return false;
        }
        boolean wasLeftAlone = peer.isGuarded() || peer.guardedUntil > sent.carriedOutAt();
        if (wasLeftAlone || !peer.isOpen || peer.registeredAt >= sent.carriedOutAt() || !peer.isReceiverOf(sent.to())) {
            return false;
        }
        return sent.to().kind() != Address.Kind.TOPIC
                || peer.confirmedAt[sent.to().index()] < sent.carriedOutAt();
    }

    private static boolean wasWritten(Peer peer, Sent sent) {
        for (Written written : sent.written()) {
            if (written.receiver() == peer) {
                return true;
            }
        }
        return false;
    }

    private void settle(Peer peer) {
        if (!peer.isOpen) {
            return;
        }
        expects(
                peer.unanswered.isEmpty() || oracle.isCorrupted(),
                "5 receipts",
                peer,
                "has got no answer to " + peer.unanswered);
        peer.unanswered.clear();
        expects(peer.openReceipts == 0, "5 receipts", peer, "still has receipts open: " + peer.openReceipts);
        expects(!peer.hasAskedToClose, "4 closed", peer, "should have been closed, as it has asked");
        expects(
                clock.epochMillis() <= peer.endEpochMillis() + 1_000,
                "4 closed",
                peer,
                "outlives its token by " + (clock.epochMillis() - peer.endEpochMillis()) + " ms");
        expects(
                oracle.isCorrupted() || clock.nanoTime() - peer.heardNanos <= World.LONGEST_SILENCE.toNanos(),
                "9 liveness",
                peer,
                "is open and was not heard for " + (clock.nanoTime() - peer.heardNanos) / 1_000_000 + " ms");
        if (!oracle.isCorrupted()) {
            settleRefusals(peer);
        }
    }

    private void settleRefusals(Peer peer) {
        for (Outcome outcome : OUTCOMES) {
            int told = peer.told[outcome.ordinal()];
            int owed = peer.owed[outcome.ordinal()];
            boolean isRight = switch (outcome) {
                case NO_ROUTE -> told >= peer.leastNoRoute && told <= peer.mostNoRoute;
                case CIRCUIT_OPEN -> told <= peer.mostLeftAlone;
                default -> told == owed;
            };
            if (!isRight) {
                throw oracle.breaks(
                        "5 receipts",
                        peer + " was told of " + told + " refusals as " + outcome.word() + " (expected " + owed + ")");
            }
        }
    }

    private void check(RouterCounts counts) {
        expects(
                !oracle.hasDeadNodes() ? counts.published() : oracle.published(),
                oracle.published(),
                "5 receipts",
                "publishes");
        expects(counts.duplicateIds(), oracle.duplicateIds(), "3 one id", "ids refused");
        if (!oracle.isCorrupted() && !oracle.hasDeadNodes()) {
            expects(counts.receiptsDropped(), receiptsDropped, "5 receipts", "receipts dropped");
            expects(counts.misdeliveries(), misdeliveries, "2 barriers", "writes stopped");
            expects(counts.drift(), drift, "4 tables", "findings of audits");
        }
        misdeliveries = counts.misdeliveries();
        drift = counts.drift();
        receiptsDropped = counts.receiptsDropped();
    }

    private void expects(long counted, long expected, String invariant, String what) {
        expects(
                counted == expected,
                invariant,
                "the router",
                "has counted " + counted + " " + what + " (expected " + expected + ")");
    }

    private void expects(boolean holds, String invariant, Object who, String what) {
        oracle.expects(holds, invariant, who, what);
    }
}
