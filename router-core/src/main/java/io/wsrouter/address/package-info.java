/**
 * What a message is sent to: {@code user:<id>}, {@code connection:<id>}, {@code topic:<name>}, and the patterns of a grant.
 *
 * <p>Immutable values, safe for any thread. Imports nothing of the project.
 */
@NullMarked
package io.wsrouter.address;

import org.jspecify.annotations.NullMarked;
