/**
 * What threads share, under jcstress: each test says which outcomes are acceptable, and why. Those of types that are private
 * to a package are in that package. Run them with {@code scripts/bench stress}; nothing depends on them.
 */
@NullMarked
package io.wsrouter.bench.stress;

import org.jspecify.annotations.NullMarked;
