package io.fairlead.forge.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.project.Project;
import org.jspecify.annotations.Nullable;

/** An agent as the API shows it. */
public record AgentJson(
        long id,
        String name,
        ConfigProject configProject,
        String createdAt,
        long createdByUserId,
        boolean isReceptive) {
    public record ConfigProject(
            long id,
            @Nullable String description,
            String name,
            String nameWithNamespace,
            String path,
            String pathWithNamespace,
            String createdAt) {}

    public static AgentJson of(Agent agent, Project project) {
        return new AgentJson(
                agent.id(),
                agent.name(),
                new ConfigProject(
                        project.id(),
                        project.description(),
                        project.name(),
                        project.namespace().name() + " / " + project.name(),
                        project.path(),
                        project.fullPath(),
                        Times.text(project.createdAt())),
                Times.text(agent.createdAt()),
                agent.createdByUserId(),
                agent.receptive());
    }

    /** A token as lists show it. */
    public record Token(
            long id,
            String name,
            @Nullable String description,
            long agentId,
            String status,
            String createdAt,
            long createdByUserId) {
        static Token of(AgentToken token) {
            return new Token(
                    token.id(),
                    token.name(),
                    token.description(),
                    token.agentId(),
                    token.revoked() ? "revoked" : "active",
                    Times.text(token.createdAt()),
                    token.createdByUserId());
        }
    }

    /** A token as it is shown alone; the secret only in the answer to its creation. */
    public record SingleToken(
            long id,
            String name,
            @Nullable String description,
            long agentId,
            String status,
            String createdAt,
            long createdByUserId,
            @Nullable String lastUsedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {
        static SingleToken of(AgentToken token, @Nullable String secret) {
            Token plain = Token.of(token);
            return new SingleToken(
                    plain.id(),
                    plain.name(),
                    plain.description(),
                    plain.agentId(),
                    plain.status(),
                    plain.createdAt(),
                    plain.createdByUserId(),
                    Times.textOrNull(token.lastUsedAt()),
                    secret);
        }

        @Override
        public String toString() {
            return "SingleToken[id=" + id + "]";
        }
    }
}
