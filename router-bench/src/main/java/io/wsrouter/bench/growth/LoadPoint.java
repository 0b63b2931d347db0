package io.wsrouter.bench.growth;

import io.wsrouter.bench.load.GroupPlan;

/**
 * One point of an axis whose cost is processor time.
 *
 * @param line of the plot
 * @param x where on the axis
 * @param serverLoops of the router
 * @param group the load
 */
record LoadPoint(String line, int x, int serverLoops, GroupPlan group) {}
