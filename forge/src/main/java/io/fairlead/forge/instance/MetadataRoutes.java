package io.fairlead.forge.instance;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import java.util.Set;

/** What this installation is and where its kas is found. Clients read the addresses of kas here. */
public final class MetadataRoutes {
    private static final Set<Scope> READ = Set.of(Scope.API, Scope.READ_API, Scope.READ_USER);

    /** @param version the GitLab version whose interfaces are spoken, which clients compare with what they need */
    record VersionJson(String version, String revision) {}

    record KasJson(
            boolean enabled,
            @JsonProperty("externalUrl") String externalUrl,
            @JsonProperty("externalK8sProxyUrl") String externalK8sProxyUrl,
            String version) {}

    record MetadataJson(String version, String revision, KasJson kas, boolean enterprise) {}

    private final MetadataJson metadata;

    /**
     * @param revision the version of this program
     * @param kasUrl where agents connect, {@code ws(s)} or {@code grpc(s)}
     */
    public MetadataRoutes(String gitlabVersion, String revision, String kasUrl, String k8sProxyUrl) {
        this.metadata =
                new MetadataJson(gitlabVersion, revision, new KasJson(true, kasUrl, k8sProxyUrl, gitlabVersion), false);
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/version", new Access.SignedIn(READ), this::version),
                Route.api(Method.GET, "/metadata", new Access.SignedIn(READ), this::metadata),
                new Route(
                        Method.GET,
                        new io.fairlead.forge.api.PathTemplate("/-/liveness"),
                        Access.anyone(),
                        exchange -> Reply.ok(java.util.Map.of("status", "ok"))));
    }

    private Reply version(Exchange exchange) {
        return Reply.ok(new VersionJson(metadata.version(), metadata.revision()));
    }

    private Reply metadata(Exchange exchange) {
        return Reply.ok(metadata);
    }
}
