/** Where the keys that verify tokens come from. Imports {@code config} and {@code auth}. */
@NullMarked
package io.wsrouter.keys;

import org.jspecify.annotations.NullMarked;
