package io.fairlead.forge.code;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Percent;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.protection.Grant;
import io.fairlead.forge.protection.Protection;
import io.fairlead.forge.protection.RefKind;
import io.fairlead.forge.repository.BranchNames;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.CommitRefusal;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.RefReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Branches over the API. */
public final class BranchRoutes {
    record BranchJson(
            String name,
            CommitJson commit,
            boolean merged,
            @JsonProperty("protected") boolean guarded,
            boolean developersCanPush,
            boolean developersCanMerge,
            boolean canPush,
            @JsonProperty("default") boolean first,
            String webUrl) {}

    private static final String HEADS = "refs/heads/";

    private final CodeAccess code;
    private final ProjectAccess access;
    private final Protection protection;

    public BranchRoutes(CodeAccess code, ProjectAccess access, Protection protection) {
        this.code = code;
        this.access = access;
        this.protection = protection;
    }

    public List<Route> routes() {
        String all = "/projects/:id/repository/branches";
        String one = all + "/:branch";
        return List.of(
                Route.api(Method.GET, all, CodeAccess.READ, this::list),
                Route.api(Method.POST, all, CodeAccess.WRITE, this::add),
                Route.api(Method.GET, one, CodeAccess.READ, this::one),
                Route.api(Method.DELETE, one, CodeAccess.WRITE, this::delete),
                Route.api(
                        Method.DELETE,
                        "/projects/:id/repository/merged_branches",
                        CodeAccess.WRITE,
                        this::deleteMerged));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Page page = Page.of(exchange);
        String sort = parameters
                .oneOf("sort", List.of("name_asc", "updated_asc", "updated_desc"))
                .orElse("name_asc");
        var search = NameSearch.of(parameters);
        return code.open(exchange, (repository, project) -> {
            RefReader refs = repository.refs();
            List<String> sorted = sort.equals("name_asc") ? refs.branchNames() : refs.byTime(false);
            List<String> names = (sort.equals("updated_desc") ? sorted.reversed() : sorted)
                    .stream().filter(search).toList();
            List<RefReader.Branch> part = new ArrayList<>();
            for (String name : page.part(names)) {
                refs.branch(name).ifPresent(part::add);
            }
            return page.reply(exchange, json(exchange, repository, project, part), names.size());
        });
    }

    private Reply one(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            RefReader.Branch branch = named(exchange, repository);
            return Reply.ok(json(exchange, repository, project, List.of(branch)).getFirst());
        });
    }

    private Reply add(Exchange exchange) {
        String name = exchange.parameters().requiredText("branch");
        String ref = exchange.parameters().requiredText("ref");
        if (!BranchNames.valid(name)) {
            throw ApiError.message(400, "Branch name is invalid");
        }
        return code.open(exchange, (repository, project) -> {
            if (repository.refs().branch(name).isPresent()) {
                throw ApiError.message(400, "Branch already exists");
            }
            CommitInfo commit = repository
                    .history()
                    .commit(ref)
                    .orElseThrow(() -> ApiError.message(400, "Invalid reference name: " + ref));
            code.move(exchange, project, new RefChange(HEADS + name, RefChange.NOTHING, commit.id()));
            RefReader.Branch added = new RefReader.Branch(name, commit);
            return Reply.created(
                    json(exchange, repository, project, List.of(added)).getFirst());
        });
    }

    private Reply delete(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            RefReader.Branch branch = named(exchange, repository);
            code.move(
                    exchange,
                    project,
                    new RefChange(HEADS + branch.name(), branch.commit().id(), RefChange.NOTHING));
            return Reply.noContent();
        });
    }

    /** All that the default branch contains; what a rule protects stays. */
    private Reply deleteMerged(Exchange exchange) {
        return code.open(exchange, (repository, project) -> {
            List<RefReader.Branch> others = new ArrayList<>();
            for (String name : repository.refs().branchNames()) {
                if (!name.equals(project.defaultBranch())) {
                    repository.refs().branch(name).ifPresent(others::add);
                }
            }
            Set<String> merged = merged(repository, project, others);
            for (RefReader.Branch branch : others) {
                if (merged.contains(branch.commit().id())) {
                    deleteUnlessRefused(exchange, project, branch);
                }
            }
            return Reply.accepted("202 Accepted");
        });
    }

    private void deleteUnlessRefused(Exchange exchange, Project project, RefReader.Branch branch) {
        try {
            code.move(
                    exchange,
                    project,
                    new RefChange(HEADS + branch.name(), branch.commit().id(), RefChange.NOTHING));
        } catch (CommitRefusal e) {
            // Protected, or moved meanwhile: it stays, as GitLab leaves it.
            return;
        }
    }

    private boolean may(Exchange exchange, Project project, String branch) {
        Caller.Person person = exchange.person();
        Protection.Mover mover = new Protection.Mover.Person(person.userId(), person.admin());
        return protection
                .ask(project.id(), RefKind.BRANCH, branch, Grant.Action.PUSH, mover)
                .allowed();
    }

    private static RefReader.Branch named(Exchange exchange, OpenRepository repository) throws IOException {
        return repository.refs().branch(exchange.path("branch")).orElseThrow(() -> ApiError.notFound("Branch"));
    }

    private static Set<String> merged(OpenRepository repository, Project project, List<RefReader.Branch> branches)
            throws IOException {
        Set<String> tips = new HashSet<>();
        branches.stream()
                .filter(branch -> !branch.name().equals(project.defaultBranch()))
                .forEach(branch -> tips.add(branch.commit().id()));
        return tips.isEmpty() ? tips : repository.refs().mergedInto(project.defaultBranch(), tips);
    }

    private List<BranchJson> json(
            Exchange exchange, OpenRepository repository, Project project, List<RefReader.Branch> branches)
            throws IOException {
        Set<String> merged = merged(repository, project, branches);
        boolean canPush = access.allows(exchange.caller(), project, Permission.PUSH_CODE);
        String web = code.webUrl(project);
        return branches.stream()
                .map(branch -> {
                    boolean first = branch.name().equals(project.defaultBranch());
                    return new BranchJson(
                            branch.name(),
                            CommitJson.of(branch.commit(), web),
                            !first && merged.contains(branch.commit().id()),
                            protection.covers(project.id(), RefKind.BRANCH, branch.name()),
                            protection.developersMay(project.id(), branch.name(), Grant.Action.PUSH),
                            protection.developersMay(project.id(), branch.name(), Grant.Action.MERGE),
                            canPush && may(exchange, project, branch.name()),
                            first,
                            web + "/-/tree/"
                                    + Percent.encodeSegment(branch.name()).replace("%2F", "/"));
                })
                .toList();
    }
}
