/**
 * The comparison: starts servers one at a time, loads each with the same tests, and prints what they cost beside a floor in C of
 * the same run. Nothing depends on it.
 */
@NullMarked
package io.wsrouter.bench.compare;

import org.jspecify.annotations.NullMarked;
