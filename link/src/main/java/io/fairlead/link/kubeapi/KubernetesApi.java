package io.fairlead.link.kubeapi;

/** Names both sides of the feature agree on. */
public final class KubernetesApi {
    public static final String SERVICE = "gitlab.agent.kubernetes_api.rpc.KubernetesApi";
    public static final String METHOD = "MakeRequest";
    /**
     * Announced by agents that read HeaderExtra.raw_target, beside the service itself. Announcing is how an agent can tell
     * without a message of its own; the originals neither announce nor look for it.
     */
    public static final String FAIRLEAD_SERVICE = "io.fairlead.kubernetes_api";

    public static final String RAW_TARGET = "RawTarget";

    private KubernetesApi() {}
}
