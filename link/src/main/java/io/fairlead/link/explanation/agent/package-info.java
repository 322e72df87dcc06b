/**
 * agentk's side of explanations: it reads the cluster's roles and bindings as itself, where it may, and nothing before the
 * first refusal.
 *
 * <p>Start reading at {@link io.fairlead.link.explanation.agent.ClusterExplanations}. What waits here waits on virtual threads.
 */
@NullMarked
package io.fairlead.link.explanation.agent;

import org.jspecify.annotations.NullMarked;
