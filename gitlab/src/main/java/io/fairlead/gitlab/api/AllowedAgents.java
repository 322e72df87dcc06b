package io.fairlead.gitlab.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Answer of {@code GET /job/allowed_agents}: the agents a running CI job may use, and what the job is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AllowedAgents(
        List<AllowedAgent> allowedAgents,
        Ids.Job job,
        Ids.Pipeline pipeline,
        Ids.Project project,
        Ids.User user,
        Optional<Ids.Environment> environment) {
    @SuppressWarnings("NullableOptional") // Jackson gives null for a key that is absent.
    public AllowedAgents(
            @Nullable List<AllowedAgent> allowedAgents,
            Ids.Job job,
            Ids.Pipeline pipeline,
            Ids.Project project,
            Ids.User user,
            @Nullable Optional<Ids.Environment> environment) {
        this.allowedAgents = allowedAgents == null ? List.of() : List.copyOf(allowedAgents);
        this.job = Required.present("job", job);
        this.pipeline = Required.present("pipeline", pipeline);
        this.project = Required.present("project", project);
        this.user = Required.present("user", user);
        this.environment = environment == null ? Optional.empty() : environment;
    }

    /**
     * One agent with the rule that lets the job in.
     *
     * @param name said by our forge only
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record AllowedAgent(
            long id, Ids.ConfigProject configProject, Configuration configuration, Optional<String> name) {
        @SuppressWarnings("NullableOptional") // Jackson gives null for a key that is absent.
        public AllowedAgent(
                long id,
                Ids.ConfigProject configProject,
                @Nullable Configuration configuration,
                @Nullable Optional<String> name) {
            this.id = id;
            this.name = name == null ? Optional.empty() : name;
            this.configProject = Required.present("config_project", configProject);
            this.configuration = configuration == null ? Configuration.DEFAULT : configuration;
        }
    }

    /** The part of the rule that decides as whom the job acts. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Configuration(String defaultNamespace, CiAccessAs accessAs) {
        public static final Configuration DEFAULT = new Configuration("", new CiAccessAs.Agent());

        public Configuration(@Nullable String defaultNamespace, @Nullable CiAccessAs accessAs) {
            this.defaultNamespace = defaultNamespace == null ? "" : defaultNamespace;
            this.accessAs = accessAs == null ? new CiAccessAs.Agent() : accessAs;
        }
    }
}
