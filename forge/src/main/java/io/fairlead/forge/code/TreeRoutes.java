package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.Archive;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.FileReader;
import io.fairlead.forge.repository.OpenRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folders over the API: as lists, and whole as archives. */
public final class TreeRoutes {
    record ItemJson(String id, String name, String type, String path, String mode) {}

    private final CodeAccess code;

    public TreeRoutes(CodeAccess code) {
        this.code = code;
    }

    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.api(Method.GET, "/projects/:id/repository/tree", CodeAccess.READ, this::list));
        String archive = "/projects/:id/repository/archive";
        archives(routes, archive, Archive.Format.TAR_GZ);
        archives(routes, archive + ".tgz", Archive.Format.TAR_GZ);
        for (Archive.Format format : Archive.Format.values()) {
            archives(routes, archive + "." + format.suffix(), format);
        }
        return routes;
    }

    private void archives(List<Route> routes, String path, Archive.Format format) {
        routes.add(Route.api(Method.GET, path, CodeAccess.READ, exchange -> archive(exchange, format)));
    }

    private static Optional<String> folder(Parameters parameters) {
        return parameters
                .text("path")
                .map(path -> path.replaceAll("^/+|/+$", ""))
                .filter(path -> !path.isEmpty());
    }

    private static String revision(Parameters parameters, String name, OpenRepository repository, Project project)
            throws IOException {
        String revision = parameters.text(name).filter(text -> !text.isEmpty()).orElse(project.defaultBranch());
        if (repository.history().commit(revision).isEmpty()) {
            throw ApiError.notFound("Tree");
        }
        return revision;
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Page page = Page.of(exchange);
        boolean recursive = parameters.flag("recursive", false);
        boolean keyset = parameters
                .oneOf("pagination", List.of("keyset", "legacy", "none"))
                .filter("keyset"::equals)
                .isPresent();
        Optional<String> after = keyset
                ? parameters.text("page_token").filter(text -> !text.isEmpty()).map(TreeRoutes::decoded)
                : Optional.empty();
        return code.open(exchange, (repository, project) -> {
            FileReader.Listing listing = repository
                    .files()
                    .list(
                            revision(parameters, "ref", repository, project),
                            folder(parameters).orElse(""),
                            recursive,
                            after,
                            keyset ? 0 : page.offset(),
                            page.size())
                    .orElseThrow(() -> ApiError.notFound("Tree"));
            List<ItemJson> part = listing.items().stream()
                    .map(item ->
                            new ItemJson(item.id(), item.name(), item.kind().text(), item.path(), item.mode()))
                    .toList();
            if (!keyset) {
                return page.reply(exchange, part, listing.total());
            }
            Optional<String> next = part.size() < page.size()
                    ? Optional.empty()
                    : Optional.of(encoded(listing.items().getLast().key()));
            return page.replyAfter(exchange, part, next);
        });
    }

    private static String encoded(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiError.badParameter("page_token is invalid");
        }
    }

    private Reply archive(Exchange exchange, Archive.Format format) {
        Parameters parameters = exchange.parameters();
        Optional<String> path = folder(parameters);
        record Found(String commitId, String name) {}
        Found found = code.open(exchange, (repository, project) -> {
            String revision = revision(parameters, "sha", repository, project);
            CommitInfo commit = repository.history().commit(revision).orElseThrow(() -> ApiError.notFound("Tree"));
            boolean there = path.isEmpty()
                    || repository
                            .files()
                            .list(commit.id(), path.get(), false, Optional.empty(), 0, 1)
                            .isPresent()
                    || repository.files().file(commit.id(), path.get()).isPresent();
            if (!there) {
                throw ApiError.notFound("Tree");
            }
            String name = project.path() + "-" + revision + "-" + commit.id()
                    + path.map(text -> "-" + text).orElse("");
            return new Found(commit.id(), name.replaceAll("[^A-Za-z0-9._-]", "-"));
        });
        Reply.Body body = out -> code.open(exchange, (repository, project) -> {
            repository.archive().write(found.commitId, path, found.name, format, out);
            return found;
        });
        return Reply.stream(format.mediaType(), body)
                .with(Map.of(
                        "Content-Disposition", "attachment; filename=\"" + found.name + "." + format.suffix() + "\""));
    }
}
