/** Tests of the configuration. */
@NullMarked
package io.wsrouter.config;

import org.jspecify.annotations.NullMarked;
