/**
 * Who gets what. A {@link io.wsrouter.routing.Shard} owns the routing state of its addresses and runs on one loop; a
 * {@link io.wsrouter.routing.ShardProxy} carries work from one shard to another; the {@link io.wsrouter.routing.Router}
 * is the door for every other thread.
 *
 * <p>Methods named {@code onX} run on the loop of their shard. Imports everything below: {@code address},
 * {@code protocol}, {@code auth}, {@code connection}, {@code cluster}, {@code metrics}.
 */
@NullMarked
package io.wsrouter.routing;

import org.jspecify.annotations.NullMarked;
