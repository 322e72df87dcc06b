package io.fairlead.forge.environment;

/** Is told when a deployment was made or changed, on the caller's own thread. */
public interface DeploymentListener {
    /** Must return soon and not throw: what takes long or may fail is handed to another thread. */
    void changed(Deployment deployment);
}
