/** One YAML file, environment variables and flags become records, and all mistakes are told at once. Start reading at
 * {@link ConfigLoader}, then {@link ConfigSection}. */
@NullMarked
package io.fairlead.base.config;

import org.jspecify.annotations.NullMarked;
