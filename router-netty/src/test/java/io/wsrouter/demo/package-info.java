/** Tests of the demo page, in a real browser. */
@NullMarked
package io.wsrouter.demo;

import org.jspecify.annotations.NullMarked;
