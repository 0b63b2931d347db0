package io.wsrouter.routing;

/**
 * The node's level has changed.
 *
 * @param from the level before
 * @param to the level from now on: any higher one, or the next lower one
 * @param signal what called for it; for a lower level, what had kept the level up
 * @param reading what the signal reads
 * @param threshold the reading from which on the signal calls for {@code to}, or up to which {@code from} has ended
 */
public record LevelChange(Level from, Level to, Signal signal, double reading, double threshold) {

    /** Whether the level is higher than before. */
    public boolean isRise() {
        return to.compareTo(from) > 0;
    }
}
