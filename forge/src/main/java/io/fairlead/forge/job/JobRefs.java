package io.fairlead.forge.job;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.protection.Grant;
import io.fairlead.forge.protection.Protection;
import io.fairlead.forge.protection.RefKind;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.util.List;

/** The branches and tags that jobs run for. */
public final class JobRefs {
    private final Repositories repositories;
    private final Protection protection;

    /** A branch or tag that is there, without prefix. */
    record Found(String name, boolean isProtected) {}

    public JobRefs(Repositories repositories, Protection protection) {
        this.repositories = repositories;
        this.protection = protection;
    }

    /**
     * @param name of a branch or else of a tag, or in full, such as {@code refs/tags/v1}
     * @throws ApiError 400 when there is none, 403 when it is protected and {@code user} may not move it: whoever may not do
     *     that runs nothing with its rights
     */
    Found find(Project project, String name, User user) {
        try (OpenRepository repository = repositories.read(project.id(), project.defaultBranch())) {
            for (RefKind kind : List.of(RefKind.BRANCH, RefKind.TAG)) {
                String shortName = name.startsWith(kind.prefix())
                        ? name.substring(kind.prefix().length())
                        : name;
                boolean there = switch (kind) {
                    case BRANCH -> repository.refs().branch(shortName).isPresent();
                    case TAG -> repository.refs().tag(shortName).isPresent();
                };
                if (there) {
                    return found(project, kind, shortName, user);
                }
            }
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the references of project " + project.id() + " could not be read", e);
        }
        throw ApiError.invalid("ref", "is neither a branch nor a tag of the project");
    }

    private Found found(Project project, RefKind kind, String name, User user) {
        Protection.Answer answer = protection.ask(
                project.id(),
                kind,
                name,
                kind == RefKind.BRANCH ? Grant.Action.PUSH : Grant.Action.CREATE,
                new Protection.Mover.Person(user.id(), user.admin()));
        if (answer.covered() && !answer.allowed()) {
            throw ApiError.forbidden(user.username() + " may not run jobs on " + name
                    + ": it is protected, and they may not push to it");
        }
        return new Found(name, answer.covered());
    }
}
