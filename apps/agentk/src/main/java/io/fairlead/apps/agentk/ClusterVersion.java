package io.fairlead.apps.agentk;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.link.entity.KubernetesVersion;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Which Kubernetes the agent runs in; unknown while the API server does not say. */
final class ClusterVersion implements Supplier<Optional<KubernetesVersion>> {
    private static final Logger log = LoggerFactory.getLogger(ClusterVersion.class);

    private static final JsonFactory JSON = new JsonFactory();

    private final KubeClient kube;

    ClusterVersion(KubeClient kube) {
        this.kube = kube;
    }

    @Override
    public Optional<KubernetesVersion> get() {
        try {
            return Optional.of(read(kube.get("/version")));
        } catch (FairleadException e) {
            log.warn("the cluster's version is unknown: {}", e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Read by the streaming parser: an agent that never needs more JSON than this should not load a mapper for it. */
    private static KubernetesVersion read(String json) {
        KubernetesVersion.Builder version = KubernetesVersion.newBuilder();
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "major" -> version.setMajor(in.getString());
                    case "minor" -> version.setMinor(in.getString());
                    case "gitVersion" -> version.setGitVersion(in.getString());
                    case "platform" -> version.setPlatform(in.getString());
                    default -> in.skipChildren();
                }
            }
            return version.build();
        } catch (JacksonException e) {
            throw new FairleadException("kube.unintelligible", "the API server's /version is not JSON", e);
        }
    }
}
