package io.fairlead.link.explanation.agent;

import io.fairlead.kube.rbac.RbacWorld;
import java.util.concurrent.atomic.AtomicInteger;

/** Roles and bindings that a test sets. */
final class FixedRbac implements RbacSource {
    private volatile RbacWorld world;
    final AtomicInteger reads = new AtomicInteger();

    FixedRbac(RbacWorld world) {
        this.world = world;
    }

    void set(RbacWorld other) {
        world = other;
    }

    @Override
    public RbacWorld read() {
        reads.incrementAndGet();
        return world;
    }
}
