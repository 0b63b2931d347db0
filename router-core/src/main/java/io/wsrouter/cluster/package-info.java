/** The port between nodes. Imports {@code address} and {@code protocol}. */
@NullMarked
package io.wsrouter.cluster;

import org.jspecify.annotations.NullMarked;
