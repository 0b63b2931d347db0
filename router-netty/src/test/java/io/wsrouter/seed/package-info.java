/** The failures that this router exists to make impossible, test by test; docs/seed.md is the table of contents. */
@NullMarked
package io.wsrouter.seed;

import org.jspecify.annotations.NullMarked;
