package io.fairlead.apps.agentk;

import io.fairlead.base.metrics.ObservabilityConfig;
import io.fairlead.kube.connection.KubeConnection;
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import io.fairlead.wire.grpc.KasAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * What an agent is told, checked.
 *
 * @param kas where kas is
 * @param token the agent's token, asked for at each connection
 * @param caFile certificates to trust for kas beside the usual ones
 * @param kasHeaders headers for gateways before kas
 * @param kasInsecure accept any certificate of kas
 * @param kasServerName the name in kas's certificate when it is not the address's
 * @param cluster the API server and who the agent is there
 * @param policy whom requests may act as in the cluster; nothing for what kas decides
 * @param explainRefusals say to whoever is refused what would let them
 * @param tellFlux make Flux look at a repository as soon as it was pushed to
 * @param observability where metrics and probes are served
 * @param observabilityIdentity certificate and key to serve them with
 * @param readyFile written once the agent serves
 * @param logLevel the level until the agent's configuration says another
 * @param podName the pod's name, as kas shows it
 * @param podNamespace the pod's namespace
 */
public record AgentkConfig(
        KasAddress kas,
        AgentTokenSource token,
        Optional<Path> caFile,
        Map<String, List<String>> kasHeaders,
        boolean kasInsecure,
        Optional<String> kasServerName,
        KubeConnection cluster,
        Optional<LocalPolicy> policy,
        boolean explainRefusals,
        boolean tellFlux,
        ObservabilityConfig observability,
        Optional<TlsFiles> observabilityIdentity,
        Optional<Path> readyFile,
        Level logLevel,
        String podName,
        String podNamespace) {
    /** A certificate chain and its key, both PEM. */
    public record TlsFiles(Path certificate, Path key) {}
}
