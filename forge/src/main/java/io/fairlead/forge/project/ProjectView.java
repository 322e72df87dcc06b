package io.fairlead.forge.project;

import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.member.Membership;
import io.fairlead.forge.member.ShareJson;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceJson;
import io.fairlead.forge.repository.Repositories;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows projects, and lists of them, as the API does. */
public final class ProjectView {
    private final ProjectQueries projects;
    private final UserQueries users;
    private final RoleQueries roles;
    private final ShareQueries shares;
    private final Repositories repositories;
    private final CloneUrls urls;
    private final ImportStart imports;
    private final String externalUrl;

    public ProjectView(
            ProjectQueries projects,
            UserQueries users,
            RoleQueries roles,
            ShareQueries shares,
            Repositories repositories,
            CloneUrls urls,
            ImportStart imports) {
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.shares = shares;
        this.repositories = repositories;
        this.urls = urls;
        this.imports = imports;
        this.externalUrl = urls.web();
    }

    /** The page that the caller asks for of a list, by number or by the id it goes on from. */
    public Reply list(Exchange exchange, ProjectFilter filter) {
        boolean simple = exchange.parameters().flag("simple", false);
        if (exchange.parameters().text("pagination").filter("keyset"::equals).isPresent()) {
            Page page = Page.of(exchange);
            long before = exchange.parameters().number("id_before").orElse(Long.MAX_VALUE);
            List<Project> part = projects.listAfter(filter, before, page.size());
            Optional<Long> next = part.size() < page.size()
                    ? Optional.empty()
                    : Optional.of(part.getLast().id());
            return page.replyBefore(exchange, json(part, exchange.person(), simple), next);
        }
        Page page = Page.of(exchange);
        List<Project> part = projects.list(filter, page.offset(), page.size());
        return page.reply(exchange, json(part, exchange.person(), simple), projects.count(filter));
    }

    private List<?> json(List<Project> part, Caller.Person person, boolean simple) {
        List<ProjectJson> whole =
                part.stream().map(project -> json(project, person, null)).toList();
        return simple ? whole.stream().map(ProjectJson.Simple::of).toList() : whole;
    }

    /** One project as {@code person} sees it. */
    public Object one(Project project, Caller.Person person) {
        return json(project, person, imports.status(project.id()));
    }

    private ProjectJson json(Project project, Caller.Person person, @Nullable String importStatus) {
        Namespace namespace = project.namespace();
        String web = externalUrl + "/" + project.fullPath();
        return new ProjectJson(
                project.id(),
                project.description(),
                project.name(),
                namespace.name() + " / " + project.name(),
                project.path(),
                project.fullPath(),
                Times.text(project.createdAt()),
                project.defaultBranch(),
                List.of(),
                List.of(),
                urls.ssh(project.fullPath()),
                urls.http(project.fullPath()),
                web,
                web + "/-/blob/" + project.defaultBranch() + "/README.md",
                null,
                Times.text(project.createdAt()),
                NamespaceJson.of(namespace, externalUrl),
                repositories.empty(project.id(), project.defaultBranch()),
                false,
                project.visibility().text(),
                importStatus,
                owner(namespace).orElse(null),
                project.creatorId(),
                shares.list(new Membership.InProject(project.id())).stream()
                        .map(ShareJson::of)
                        .toList(),
                new ProjectJson.Permissions(
                        roles.directlyInProject(person.userId(), project.id())
                                .map(role -> new ProjectJson.Level(role.level()))
                                .orElse(null),
                        roles.inGroup(person.userId(), namespace.id())
                                .map(role -> new ProjectJson.Level(role.level()))
                                .orElse(null)));
    }

    private Optional<ProjectJson.Owner> owner(Namespace namespace) {
        return Optional.ofNullable(namespace.ownerId())
                .flatMap(users::byId)
                .map(user -> new ProjectJson.Owner(
                        user.id(), user.username(), user.name(), "active", externalUrl + "/" + user.username()));
    }
}
