package io.fairlead.apps.agentk;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.link.entity.KubernetesVersion;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Which Kubernetes the agent runs in; unknown while the API server does not say. */
final class ClusterVersion implements Supplier<Optional<KubernetesVersion>> {
    private static final Logger log = LoggerFactory.getLogger(ClusterVersion.class);

    private final KubeClient kube;

    ClusterVersion(KubeClient kube) {
        this.kube = kube;
    }

    @Override
    public Optional<KubernetesVersion> get() {
        try {
            JsonNode version = kube.get("/version");
            return Optional.of(KubernetesVersion.newBuilder()
                    .setMajor(version.path("major").asString(""))
                    .setMinor(version.path("minor").asString(""))
                    .setGitVersion(version.path("gitVersion").asString(""))
                    .setPlatform(version.path("platform").asString(""))
                    .build());
        } catch (FairleadException e) {
            log.warn("the cluster's version is unknown: {}", e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
