/**
 * What an operator may configure: one tree of records that states names, defaults, units and ranges.
 *
 * <p>{@link io.wsrouter.config.RouterConfig} is the tree. The YAML file, the environment and {@code --set} feed it, its
 * {@link io.wsrouter.config.Key} annotations are the only place where a key is declared, and everything here happens
 * once, at start-up, on the caller's thread. The package imports Jackson for YAML and nothing else of this project.
 */
@NullMarked
package io.wsrouter.config;

import org.jspecify.annotations.NullMarked;
