package io.fairlead.link.kubeapi.agent;

import io.fairlead.kube.connection.BearerToken;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.kubeapi.KubernetesApi;
import io.fairlead.link.tunnel.agent.TunneledMethod;
import io.fairlead.link.tunnel.agent.TunneledReply;
import io.fairlead.link.tunnel.agent.TunneledRequest;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import java.util.Map;
import java.util.Optional;

/** Serves KubernetesApi/MakeRequest: each call is one request to this cluster's API server. Caller: kas, by the tunnel. */
public final class KubernetesApiAgent implements TunneledMethod {
    /** What an agent with this code announces beside the method itself. */
    public static final Map<String, String> FEATURES = Map.of(KubernetesApi.FAIRLEAD_SERVICE, KubernetesApi.RAW_TARGET);

    private final HttpClient client;
    private final Origin server;
    private final UpstreamRequest requests;
    private final Explanations explanations;

    /**
     * @param server the API server
     * @param basePath what the API server's paths begin with, without a slash at its end; usually empty
     * @param token the agent's own credential, asked for each request
     * @param product how agentk names itself in Via
     * @param policy whom requests may act as, and where; nothing for what kas decided
     * @param explanations what is said about refusals
     */
    public KubernetesApiAgent(
            HttpClient client,
            Origin server,
            String basePath,
            BearerToken token,
            String product,
            Optional<LocalPolicy> policy,
            Explanations explanations) {
        this.client = client;
        this.server = server;
        this.requests = new UpstreamRequest(basePath, token, product, policy);
        this.explanations = explanations;
    }

    @Override
    public String fullName() {
        return "/" + KubernetesApi.SERVICE + "/" + KubernetesApi.METHOD;
    }

    @Override
    public TunneledRequest begin(TunneledReply reply) {
        reply.request(1);
        return new UpstreamExchange(client, server, requests, explanations, reply);
    }
}
