package io.wsrouter.routing;

import org.jspecify.annotations.Nullable;

/**
 * The level of the node and why, as it is shown.
 *
 * @param level the present level
 * @param cause what keeps it up, or has kept it up last; null at the normal level
 * @param pressure what the signals read when they were last looked at
 */
public record NodeLevel(Level level, @Nullable Signal cause, Pressure pressure) {

    /** Nothing is known to press. */
    public static final NodeLevel NORMAL = new NodeLevel(Level.NORMAL, null, Pressure.NONE);
}
