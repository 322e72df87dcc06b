/**
 * Plumbing every process shares and nothing of the domain.
 *
 * <p>Start reading at {@link io.fairlead.base.lifecycle.Stages} (how a process starts and stops) and
 * {@link io.fairlead.base.error.FairleadException} (what an error must say).
 */
@NullMarked
package io.fairlead.base;

import org.jspecify.annotations.NullMarked;
