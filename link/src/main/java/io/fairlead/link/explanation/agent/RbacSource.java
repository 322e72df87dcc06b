package io.fairlead.link.explanation.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.rbac.RbacWorld;

/** Where the cluster's roles and bindings come from. */
public interface RbacSource {
    /**
     * All of them. Blocks.
     *
     * @throws FairleadException when they cannot be had, such as {@code kube.refused} where the agent may not read them
     */
    RbacWorld read() throws InterruptedException;
}
