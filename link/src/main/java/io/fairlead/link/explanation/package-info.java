/**
 * Why a cluster refused somebody, and what would let them: said where the cluster is, by agentk, so that it holds with any kas.
 *
 * <p>docs/internals/explanation.md tells what is said to whom. Start reading at
 * {@link io.fairlead.link.explanation.Explanations}, the port by which {@code link.kubeapi} asks, and
 * {@link io.fairlead.link.explanation.agent.ClusterExplanations}.
 */
@NullMarked
package io.fairlead.link.explanation;

import org.jspecify.annotations.NullMarked;
