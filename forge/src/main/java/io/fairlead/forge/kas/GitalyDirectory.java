package io.fairlead.forge.kas;

import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import java.util.Map;
import java.util.function.Supplier;

/** Tells kas where the repository of a project is read. */
public final class GitalyDirectory {
    /** The only storage there is. */
    public static final String STORAGE = "default";

    private final Supplier<String> address;
    private final String token;

    /**
     * @param address of our Gitaly, such as {@code tcp://127.0.0.1:8075}; asked for anew each time since the port may be
     *     chosen at start
     * @param token the shared secret of our Gitaly
     */
    public GitalyDirectory(Supplier<String> address, String token) {
        this.address = address;
        this.token = token;
    }

    GitalyInfo info() {
        return new GitalyInfo(address.get(), token, Map.of());
    }

    GitalyRepository repository(Project project) {
        return GitalyRepository.of(
                STORAGE, Repositories.relativePath(project.id()), "project-" + project.id(), project.fullPath());
    }
}
