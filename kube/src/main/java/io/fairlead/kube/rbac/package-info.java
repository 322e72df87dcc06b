/**
 * Kubernetes' role-based access control as values: who may do what in a cluster, which binding comes nearest when somebody may
 * not, and what is the least that would let them. Nothing here asks a cluster: {@link io.fairlead.kube.rbac.RbacList} reads its
 * answers, and all else is computed from them.
 *
 * <p>Start reading at {@link io.fairlead.kube.rbac.RbacWorld}.
 */
@NullMarked
package io.fairlead.kube.rbac;

import org.jspecify.annotations.NullMarked;
