package io.fairlead.forge.hook;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.environment.Deployment;
import io.fairlead.forge.environment.Environment;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushOption;
import io.fairlead.forge.git.Pusher;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.CloneUrls;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.DiffReader;
import io.fairlead.forge.repository.HistoryReader;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What hooks are told, in GitLab's form. */
final class HookPayloads {
    /** As many commits as GitLab tells in full, and as many as are counted. */
    private static final int COMMITS_MAX = 20;

    private static final int COUNTED_MAX = 1_000;
    private static final int SHORT = 8;

    /** Push options that GitLab takes several times. */
    private static final Set<String> SEVERAL = Set.of(
            "ci.variable",
            "ci.input",
            "merge_request.label",
            "merge_request.unlabel",
            "merge_request.assign",
            "merge_request.unassign");

    private final UserQueries users;
    private final Repositories repositories;
    private final Supplier<CloneUrls> urls;

    /** @param urls asked when something is told, since the listeners start after this */
    HookPayloads(UserQueries users, Repositories repositories, Supplier<CloneUrls> urls) {
        this.users = users;
        this.repositories = repositories;
        this.urls = urls;
    }

    byte[] of(Project project, HookEvent event) {
        Map<String, Object> payload = switch (event) {
            case HookEvent.Push(Pusher pusher, PushEvent.Update update, List<PushOption> options) ->
                moved("push", project, pusher, update, options, Optional.of(project.defaultBranch()));
            case HookEvent.TagPush(Pusher pusher, PushEvent.Update update, List<PushOption> options) ->
                moved("tag_push", project, pusher, update, options, Optional.empty());
            case HookEvent.Deployed(Deployment deployment) -> deployed(project, deployment);
        };
        return ForgeJson.MAPPER.writeValueAsBytes(payload);
    }

    private Map<String, Object> moved(
            String kind,
            Project project,
            Pusher pusher,
            PushEvent.Update update,
            List<PushOption> options,
            Optional<String> defaultBranch) {
        boolean gone = update.after().equals(RefChange.NOTHING);
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("object_kind", kind);
        payload.put("event_name", kind);
        payload.put("before", update.before());
        payload.put("after", update.after());
        payload.put("ref", update.ref());
        payload.put("checkout_sha", gone ? null : update.after());
        payload.put("message", null);
        by(payload, pusher);
        payload.put("project_id", project.id());
        payload.put("project", project(project));
        Commits commits = gone ? new Commits(List.of(), 0) : commits(project, update, defaultBranch);
        payload.put("commits", commits.told);
        payload.put("total_commits_count", commits.count);
        payload.put("push_options", options(options));
        payload.put("repository", repository(project));
        return payload;
    }

    /** By namespace and key as GitLab has it: what may come several times is counted by value. */
    private static Map<String, Map<String, Object>> options(List<PushOption> options) {
        Map<String, Map<String, Object>> told = new LinkedHashMap<>();
        for (PushOption option : options) {
            int dot = option.name().indexOf('.');
            Map<String, Object> keys =
                    told.computeIfAbsent(option.name().substring(0, dot), namespace -> new LinkedHashMap<>());
            String key = option.name().substring(dot + 1);
            if (SEVERAL.contains(option.name())) {
                Map<String, Long> counted = new LinkedHashMap<>();
                options.stream()
                        .filter(other -> other.name().equals(option.name()))
                        .forEach(other -> counted.merge(other.value(), 1L, Long::sum));
                keys.put(key, counted);
            } else {
                keys.put(key, option.value().isEmpty() ? true : option.value());
            }
        }
        return told;
    }

    private void by(Map<String, Object> payload, Pusher pusher) {
        Optional<User> user = pusher instanceof Pusher.Person person ? users.byId(person.userId()) : Optional.empty();
        payload.put("user_id", user.map(User::id).orElse(null));
        payload.put("user_name", user.map(User::name).orElse(pusher.name()));
        payload.put("user_username", user.map(User::username).orElse(null));
        payload.put("user_email", "");
        payload.put("user_avatar", null);
    }

    private record Commits(List<Map<String, Object>> told, int count) {}

    /** Those that are new, oldest first: of a new branch those that the default one does not have. */
    private Commits commits(Project project, PushEvent.Update update, Optional<String> defaultBranch) {
        boolean made = update.before().equals(RefChange.NOTHING);
        if (made && defaultBranch.isEmpty()) {
            return new Commits(List.of(), 0);
        }
        try (OpenRepository repository = repositories.read(project.id(), project.defaultBranch())) {
            Optional<String> not = made
                    ? defaultBranch.filter(branch -> !update.ref().equals(HookEvent.Push.HEADS + branch))
                    : Optional.of(update.before());
            HistoryReader.Query query = new HistoryReader.Query(
                    Optional.of(update.after()),
                    not,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);
            List<CommitInfo> found =
                    repository.history().log(query, 0, COUNTED_MAX).orElse(List.of());
            List<Map<String, Object>> told = new ArrayList<>();
            for (CommitInfo commit :
                    found.subList(0, Math.min(COMMITS_MAX, found.size())).reversed()) {
                told.add(commit(project, repository, commit));
            }
            return new Commits(told, found.size());
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the repository of project " + project.id() + " could not be read", e);
        }
    }

    private Map<String, Object> commit(Project project, OpenRepository repository, CommitInfo commit)
            throws IOException {
        List<String> added = new ArrayList<>();
        List<String> modified = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (DiffReader.FileDiff diff : repository.diffs().names(commit.id())) {
            (diff.added() ? added : diff.deleted() ? removed : modified).add(diff.newPath());
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", commit.id());
        told.put("message", commit.message());
        told.put("title", commit.title());
        told.put("timestamp", commit.committer().time().toString());
        told.put("url", web(project) + "/-/commit/" + commit.id());
        told.put(
                "author",
                Map.of("name", commit.author().name(), "email", commit.author().email()));
        told.put("added", added);
        told.put("modified", modified);
        told.put("removed", removed);
        return told;
    }

    private Map<String, Object> deployed(Project project, Deployment deployment) {
        Environment environment = deployment.environment();
        Optional<User> user = users.byId(deployment.userId());
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("object_kind", "deployment");
        payload.put("status", deployment.status().text());
        payload.put("status_changed_at", Times.text(deployment.updatedAt()));
        payload.put("deployment_id", deployment.id());
        payload.put("deployable_id", null);
        payload.put("deployable_url", null);
        payload.put("environment", environment.name());
        payload.put("environment_tier", environment.tier().text());
        payload.put("environment_slug", environment.slug());
        payload.put("environment_external_url", environment.externalUrl());
        payload.put("project", project(project));
        payload.put("short_sha", deployment.sha().substring(0, SHORT));
        payload.put("user", user.map(this::person).orElse(null));
        payload.put(
                "user_url",
                user.map(found -> urls.get().web() + "/" + found.username()).orElse(null));
        payload.put("commit_url", web(project) + "/-/commit/" + deployment.sha());
        payload.put("ref", deployment.ref());
        return payload;
    }

    private Map<String, Object> person(User user) {
        Map<String, Object> person = new LinkedHashMap<>();
        person.put("id", user.id());
        person.put("name", user.name());
        person.put("username", user.username());
        person.put("avatar_url", null);
        person.put("email", "[REDACTED]");
        return person;
    }

    private Map<String, Object> project(Project project) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", project.id());
        told.put("name", project.name());
        told.put("description", project.description());
        told.put("web_url", web(project));
        told.put("avatar_url", null);
        told.put("git_ssh_url", urls.get().ssh(project.fullPath()));
        told.put("git_http_url", urls.get().http(project.fullPath()));
        told.put("namespace", project.namespace().name());
        told.put("visibility_level", level(project.visibility()));
        told.put("path_with_namespace", project.fullPath());
        told.put("default_branch", project.defaultBranch());
        told.put("homepage", web(project));
        told.put("url", urls.get().ssh(project.fullPath()));
        told.put("ssh_url", urls.get().ssh(project.fullPath()));
        told.put("http_url", urls.get().http(project.fullPath()));
        return told;
    }

    private Map<String, Object> repository(Project project) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", project.name());
        told.put("url", urls.get().ssh(project.fullPath()));
        told.put("description", project.description());
        told.put("homepage", web(project));
        told.put("git_http_url", urls.get().http(project.fullPath()));
        told.put("git_ssh_url", urls.get().ssh(project.fullPath()));
        told.put("visibility_level", level(project.visibility()));
        return told;
    }

    private static int level(Visibility visibility) {
        return switch (visibility) {
            case PRIVATE -> 0;
            case INTERNAL -> 10;
            case PUBLIC -> 20;
        };
    }

    private String web(Project project) {
        return urls.get().web() + "/" + project.fullPath();
    }
}
