/**
 * What is counted. Each shard counts in an array of its own, plainly; the arrays are added up when somebody asks.
 */
@NullMarked
package io.wsrouter.metrics;

import org.jspecify.annotations.NullMarked;
