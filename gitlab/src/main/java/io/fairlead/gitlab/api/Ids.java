package io.fairlead.gitlab.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The small records by which GitLab's answers name things. */
public final class Ids {
    private Ids() {}

    public record ConfigProject(long id) {}

    public record Pipeline(long id) {}

    public record Job(long id) {}

    public record Group(long id) {}

    /** A project with its own group and all groups above it. */
    public record Project(long id, List<Group> groups) {
        public Project(long id, @Nullable List<Group> groups) {
            this.id = id;
            this.groups = groups == null ? List.of() : List.copyOf(groups);
        }
    }

    public record User(long id, String username) {
        public User {
            Required.text("user.username", username);
        }
    }

    /** Where a job deploys to; {@code tier} is production, staging, testing, development or other. */
    public record Environment(String slug, String tier) {
        public Environment {
            Required.text("environment.slug", slug);
            Required.text("environment.tier", tier);
        }
    }

    /** A project or group with the roles that someone has in it. */
    public record Roles(long id, List<String> roles) {
        public Roles(long id, @Nullable List<String> roles) {
            this.id = id;
            this.roles = roles == null ? List.of() : List.copyOf(roles);
        }
    }
}
