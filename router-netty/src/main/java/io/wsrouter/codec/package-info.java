/** Reads the JSON of {@code ws-router.v1.json}, whichever port it came by. Imports the core. */
@NullMarked
package io.wsrouter.codec;

import org.jspecify.annotations.NullMarked;
