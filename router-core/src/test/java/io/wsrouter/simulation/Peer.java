package io.wsrouter.simulation;

import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.routing.RegistrationResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection as the model sees it: who it is by its token, what it may do and has asked for, and why it may end. Plain
 * fields, which {@link Oracle} keeps.
 */
final class Peer {

    private static final long NEVER = Long.MAX_VALUE;

    // by its token, and where it is at home
    final int number;
    final int user;
    final String userName;
    final int node;
    final int home;
    Profile profile;
    long expiresAtEpochSecond;
    long judgedAtEpochSecond;

    // its life
    RegistrationResult registration;
    String mint;
    String id;
    Target connection;
    boolean isOpen;
    long registeredAt = NEVER;
    CloseReason closeReason;

    // what it has asked for
    int topics;
    final long[] confirmedAt = new long[Integer.SIZE];
    int openReceipts;
    final List<Asked> unanswered = new ArrayList<>(0);
    int errorsOwed;
    boolean isRefreshing;
    boolean hasRefreshed;
    Refreshed refresh;
    int revoked;
    long refreshedNanos;
    final List<Long> mistakesNanos = new ArrayList<>(0);

    // why it may end
    boolean hasAskedToClose;
    boolean wasTooSlow;
    boolean hasFaulted;
    boolean isToBeReplaced;

    // signs of life
    long heardNanos;
    long pingedNanos;
    int pings;

    // what it was told of its publishes without an id
    final int[] told = new int[Outcome.values().length];
    final int[] owed = new int[Outcome.values().length];
    int mostNoRoute;
    int mostLeftAlone;
    int leastNoRoute;

    // the last message of each stream
    final Map<Long, Integer> lastWritten = new HashMap<>();
    final Map<Long, Integer> lastReceived = new HashMap<>();
    final List<Written> written = new ArrayList<>();
    int undecided;

    // whether the router may leave it alone because it has failed
    int failures;
    long failedAt;
    long guardedUntil;
    private boolean isSettled;

    Peer(int number, int user, String userName, int node, int home, Profile profile, long expiresAtEpochSecond) {
        this.number = number;
        this.user = user;
        this.userName = userName;
        this.node = node;
        this.home = home;
        this.profile = profile;
        this.expiresAtEpochSecond = expiresAtEpochSecond;
    }

    /** Whether nothing can happen to it any more. */
    boolean isForgotten() {
        return !isOpen && undecided == 0 && isSettled;
    }

    /** Begins anew: everything so far was looked at. */
    void forget() {
        isSettled = !isOpen;
        written.clear();
        lastWritten.clear();
        Arrays.fill(told, 0);
        Arrays.fill(owed, 0);
        mostNoRoute = 0;
        mostLeftAlone = 0;
        leastNoRoute = 0;
    }

    /** Whether it has failed so often that it may be left alone. */
    boolean isGuarded() {
        return failures >= World.FAILURES_TO_BE_LEFT_ALONE;
    }

    void fail(long now) {
        failures++;
        failedAt = now;
    }

    void heal(long now) {
        guardedUntil = isGuarded() ? now : guardedUntil;
        failures = 0;
    }

    boolean isSubscribedTo(int topic) {
        return (topics & 1 << topic) != 0;
    }

    /** When its token ends, which is thirty seconds later for one that had ended before it was judged. */
    long endEpochMillis() {
        return (expiresAtEpochSecond + (expiresAtEpochSecond <= judgedAtEpochSecond ? 30 : 0)) * 1000;
    }

    /** Whether a message to {@code target} is for it. */
    boolean isReceiverOf(Target target) {
        return switch (target.kind()) {
            case USER -> target.index() == user;
            case CONNECTION -> connection != null && target.text().equals(connection.text());
            case TOPIC -> isSubscribedTo(target.index());
        };
    }

    @Override
    public String toString() {
        return userName + "'s connection " + number;
    }
}
