package io.fairlead.forge.code;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.protection.Protection;
import io.fairlead.forge.protection.RefKind;
import io.fairlead.forge.repository.BranchNames;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.RefReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tags over the API. */
public final class TagRoutes {
    record TagJson(
            String name,
            String message,
            String target,
            CommitJson commit,
            @Nullable Object release,
            @JsonProperty("protected") boolean guarded,
            @Nullable String createdAt) {}

    private static final String TAGS = "refs/tags/";

    private final CodeAccess code;
    private final Protection protection;

    public TagRoutes(CodeAccess code, Protection protection) {
        this.code = code;
        this.protection = protection;
    }

    public List<Route> routes() {
        String all = "/projects/:id/repository/tags";
        String one = all + "/:tag_name";
        return List.of(
                Route.api(Method.GET, all, CodeAccess.READ, this::list),
                Route.api(Method.POST, all, CodeAccess.WRITE, this::add),
                Route.api(Method.GET, one, CodeAccess.READ, this::one),
                Route.api(Method.DELETE, one, CodeAccess.WRITE, this::delete));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Page page = Page.of(exchange);
        boolean byName = parameters
                .oneOf("order_by", List.of("name", "updated"))
                .filter("name"::equals)
                .isPresent();
        boolean upwards = parameters
                .oneOf("sort", List.of("asc", "desc"))
                .filter("asc"::equals)
                .isPresent();
        var search = NameSearch.of(parameters);
        return code.open(exchange, (repository, project) -> {
            RefReader refs = repository.refs();
            List<String> sorted = byName ? refs.tagNames() : refs.byTime(true);
            List<String> names = (upwards ? sorted : sorted.reversed())
                    .stream().filter(search).toList();
            List<TagJson> part = new ArrayList<>();
            for (String name : page.part(names)) {
                refs.tag(name).ifPresent(tag -> part.add(json(tag, project)));
            }
            return page.reply(exchange, part, names.size());
        });
    }

    private Reply one(Exchange exchange) {
        return code.open(
                exchange,
                (repository, project) -> Reply.ok(json(
                        repository.refs().tag(exchange.path("tag_name")).orElseThrow(() -> ApiError.notFound("Tag")),
                        project)));
    }

    private Reply add(Exchange exchange) {
        String name = exchange.parameters().requiredText("tag_name");
        String ref = exchange.parameters().requiredText("ref");
        Optional<String> message = exchange.parameters().text("message").filter(text -> !text.isBlank());
        if (!BranchNames.valid(name)) {
            throw ApiError.message(400, "Tag name invalid");
        }
        return code.open(exchange, (repository, project) -> {
            if (repository.refs().tag(name).isPresent()) {
                throw ApiError.message(400, "Tag " + name + " already exists");
            }
            CommitInfo commit = repository
                    .history()
                    .commit(ref)
                    .orElseThrow(() -> ApiError.message(400, "Target " + ref + " is invalid"));
            String target = message.isEmpty()
                    ? commit.id()
                    : code.writer(repository).writeTag(name, commit.id(), message.get(), code.author(exchange));
            code.move(exchange, project, new RefChange(TAGS + name, RefChange.NOTHING, target));
            return Reply.created(
                    json(repository.refs().tag(name).orElseThrow(() -> ApiError.notFound("Tag")), project));
        });
    }

    private Reply delete(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            RefReader.Tag tag =
                    repository.refs().tag(exchange.path("tag_name")).orElseThrow(() -> ApiError.notFound("Tag"));
            code.move(exchange, project, new RefChange(TAGS + tag.name(), tag.target(), RefChange.NOTHING));
            return Reply.noContent();
        });
    }

    private TagJson json(RefReader.Tag tag, Project project) {
        return new TagJson(
                tag.name(),
                tag.message().orElse(""),
                tag.target(),
                CommitJson.of(tag.commit(), code.webUrl(project)),
                null,
                protection.covers(project.id(), RefKind.TAG, tag.name()),
                tag.tagger().map(tagger -> CommitJson.time(tagger.time())).orElse(null));
    }
}
