/** Measures the line against going direct, in one run on one machine. Start reading at {@link io.fairlead.bench.Bench}. */
@NullMarked
package io.fairlead.bench;

import org.jspecify.annotations.NullMarked;
