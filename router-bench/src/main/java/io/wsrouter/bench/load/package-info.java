/**
 * The load harness: an engine that loads a WebSocket server from one or many processes, holds every message against what was
 * sent, and writes all it has seen to one file; the verification of such a file; and their commands. Nothing depends on it.
 */
@NullMarked
package io.wsrouter.bench.load;

import org.jspecify.annotations.NullMarked;
