/**
 * The internal port: publishing for back ends, users and connections for operators, health for whatever runs the router.
 *
 * <p>Imports {@code transport}, {@code codec}, {@code config} and the core.
 */
@NullMarked
package io.wsrouter.admin;

import org.jspecify.annotations.NullMarked;
