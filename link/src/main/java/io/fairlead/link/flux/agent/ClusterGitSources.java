package io.fairlead.link.flux.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.client.KubeClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * GitRepositories as the API server has them, in whichever version it serves and prefers. Flux is told by the annotation that
 * {@code flux reconcile} sets as well.
 */
public final class ClusterGitSources implements GitSources {
    private static final String GROUP = "/apis/source.toolkit.fluxcd.io";
    private static final String RESOURCE = "gitrepositories";

    /** One object is some 4 KiB. */
    private static final int PAGE = 100;

    /** More than this in one cluster are not followed. */
    static final int SOURCES_MAX = 5_000;

    private final KubeClient kube;
    private final InstantSource clock;
    private Optional<String> versionPath = Optional.empty();

    public ClusterGitSources(KubeClient kube, InstantSource clock) {
        this.kube = kube;
        this.clock = clock;
    }

    @Override
    public synchronized List<GitSource> list() throws InterruptedException {
        versionPath = served();
        List<GitSource> sources = new ArrayList<>();
        if (versionPath.isEmpty()) {
            return sources;
        }
        String next = "";
        do {
            String from = next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
            GitSourceList page =
                    GitSourceList.read(kube.get(versionPath.get() + "/" + RESOURCE + "?limit=" + PAGE + from));
            sources.addAll(page.sources());
            next = page.next();
            if (sources.size() > SOURCES_MAX) {
                throw new FairleadException(
                        "flux.too-many-sources",
                        "the cluster has more than " + SOURCES_MAX
                                + " GitRepositories, more than an agent follows; Flux"
                                + " finds pushes at its own interval");
            }
        } while (!next.isEmpty());
        return sources;
    }

    /** The path of the version that has them, the API server's preferred one first. */
    private Optional<String> served() throws InterruptedException {
        Optional<String> group = kube.find(GROUP);
        if (group.isEmpty()) {
            return Optional.empty();
        }
        for (String version : Discovery.versions(group.get())) {
            String path = GROUP + "/" + version;
            if (Discovery.resources(kube.find(path).orElse("{}")).contains(RESOURCE)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean reconcile(GitSource source) throws InterruptedException {
        Optional<String> path;
        synchronized (this) {
            path = versionPath;
        }
        return path.isPresent()
                && kube.mergePatch(
                        path.get() + "/namespaces/" + source.namespace() + "/" + RESOURCE + "/" + source.name(),
                        "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"" + clock.instant()
                                + "\"}}}");
    }
}
