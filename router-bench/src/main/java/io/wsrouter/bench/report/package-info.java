/**
 * What people look at: plots, and the report of a load run. Everything that came from outside is escaped. Nothing depends on it but
 * the commands.
 */
@NullMarked
package io.wsrouter.bench.report;

import org.jspecify.annotations.NullMarked;
