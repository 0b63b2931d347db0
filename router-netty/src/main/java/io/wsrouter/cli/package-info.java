/** The commands of the runnable jar. Sees everything. */
@NullMarked
package io.wsrouter.cli;

import org.jspecify.annotations.NullMarked;
