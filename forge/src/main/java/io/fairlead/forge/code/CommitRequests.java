package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.BranchNames;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.CommitRefusal;
import io.fairlead.forge.repository.CommitWriter;
import io.fairlead.forge.repository.FileAction;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.RefReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Makes the commits that requests ask for, and moves their branches there. */
final class CommitRequests {
    private static final int MESSAGE_LENGTH_MAX = 1 << 20;

    private final CodeAccess code;

    CommitRequests(CodeAccess code) {
        this.code = code;
    }

    /** What a branch is at before, and what the commit follows. */
    private record Place(String before, Optional<String> parent) {}

    /** The commit that {@code parameters} describe; their branch is there when this returns. */
    CommitInfo make(
            Exchange exchange,
            Parameters parameters,
            OpenRepository repository,
            Project project,
            List<FileAction> actions)
            throws IOException, CommitRefusal {
        String branch = parameters.requiredText("branch");
        String message = parameters.requiredText("commit_message");
        if (!BranchNames.valid(branch)) {
            throw ApiError.message(400, "Branch name is invalid");
        }
        if (message.length() > MESSAGE_LENGTH_MAX) {
            throw ApiError.badParameter("commit_message is too long");
        }
        if (parameters.has("start_project")) {
            throw ApiError.badParameter("start_project is not known here: a commit follows one of its own project");
        }
        Place place = place(parameters, repository, branch);
        CommitWriter.Author person = code.author(exchange);
        CommitWriter.Author author = new CommitWriter.Author(
                parameters.text("author_name").filter(text -> !text.isBlank()).orElse(person.name()),
                parameters.text("author_email").filter(text -> !text.isBlank()).orElse(person.email()));
        String id =
                code.writer(repository).write(new CommitWriter.Draft(place.parent, message, author, person, actions));
        code.move(exchange, project, new RefChange("refs/heads/" + branch, place.before, id));
        return repository.history().commit(id).orElseThrow(() -> ApiError.notFound("Commit"));
    }

    private static Place place(Parameters parameters, OpenRepository repository, String branch) throws IOException {
        Optional<RefReader.Branch> there = repository.refs().branch(branch);
        Optional<String> startBranch = parameters.text("start_branch").filter(text -> !text.isEmpty());
        Optional<String> start =
                parameters.text("start_sha").filter(text -> !text.isEmpty()).or(() -> startBranch);
        String before = there.map(found -> found.commit().id()).orElse(RefChange.NOTHING);
        if (start.isEmpty() || startBranch.filter(branch::equals).isPresent()) {
            if (there.isEmpty() && !repository.refs().branchNames().isEmpty()) {
                throw ApiError.message(400, "You can only create or edit files when you are on a branch");
            }
            return new Place(before, there.map(found -> found.commit().id()));
        }
        if (there.isPresent() && !parameters.flag("force", false)) {
            throw ApiError.message(
                    400,
                    "A branch called '" + branch + "' already exists. Switch to that branch in order to make changes");
        }
        CommitInfo parent = repository
                .history()
                .commit(start.get())
                .orElseThrow(() -> ApiError.message(400, "Cannot find start branch or commit '" + start.get() + "'"));
        return new Place(before, Optional.of(parent.id()));
    }
}
