package io.wsrouter.pipeline;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/** Who has a channel that moves: the first of two loops to take it. Anybody may ask for it to be closed until then. Any thread. */
final class MoveOwnership {

    /** What became of an attempt to take the channel. */
    enum Taken {
        /** The taker has it. */
        FREELY,
        /** The taker has it, and it was asked to close it. */
        TO_BE_CLOSED,
        /** Somebody else has it. */
        BY_ANOTHER
    }

    private enum Phase {
        UNDER_WAY,
        CLOSE_REQUESTED,
        SETTLED
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.UNDER_WAY);

    /** Has whoever takes the channel close it; false when that is too late, because it is taken. */
    boolean requestClose() {
        return phase.compareAndSet(Phase.UNDER_WAY, Phase.CLOSE_REQUESTED) || isCloseRequested();
    }

    /** Whether it is to be closed and nobody has taken it yet. */
    boolean isCloseRequested() {
        return phase.get() == Phase.CLOSE_REQUESTED;
    }

    /** Takes the channel, if nobody has. */
    Taken take() {
        return switch (requireNonNull(phase.getAndSet(Phase.SETTLED))) {
            case UNDER_WAY -> Taken.FREELY;
            case CLOSE_REQUESTED -> Taken.TO_BE_CLOSED;
            case SETTLED -> Taken.BY_ANOTHER;
        };
    }
}
