/** Benchmarks, one class for each claim. Run them with {@code scripts/bench}; nothing depends on them. */
@NullMarked
package io.wsrouter.bench;

import org.jspecify.annotations.NullMarked;
