package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.repository.FileAction;
import io.fairlead.forge.repository.FileAction.Kind;
import java.util.List;
import java.util.Optional;

/** Reads {@code actions[]} of a request for a commit. */
final class FileActions {
    private static final int ACTIONS_MAX = 1_000;
    private static final List<String> KINDS = List.of("create", "update", "delete", "move", "chmod");

    private FileActions() {}

    static List<FileAction> of(Parameters parameters) {
        List<Parameters> actions = parameters.objects("actions");
        if (actions.isEmpty() && !parameters.flag("allow_empty", false)) {
            throw ApiError.badParameter("actions is missing");
        }
        if (actions.size() > ACTIONS_MAX) {
            throw ApiError.badParameter("actions has more than " + ACTIONS_MAX + " entries");
        }
        return actions.stream().map(FileActions::one).toList();
    }

    private static FileAction one(Parameters action) {
        String kind =
                action.oneOf("action", KINDS).orElseThrow(() -> ApiError.badParameter("actions[action] is missing"));
        String path = action.requiredText("file_path");
        return new FileAction(
                kind(kind, action), path, action.text("last_commit_id").filter(text -> !text.isEmpty()));
    }

    private static Kind kind(String kind, Parameters action) {
        Optional<Boolean> executable =
                action.has("execute_filemode") ? Optional.of(action.flag("execute_filemode", false)) : Optional.empty();
        Optional<byte[]> content = FileContent.of(action);
        return switch (kind) {
            case "create" -> new Kind.Create(content.orElseGet(() -> new byte[0]), executable.orElse(false));
            case "update" ->
                new Kind.Update(
                        content.orElseThrow(() -> ApiError.badParameter("actions[content] is missing")), executable);
            case "delete" -> new Kind.Delete();
            case "move" -> new Kind.Move(action.requiredText("previous_path"), content);
            case "chmod" ->
                new Kind.Chmod(
                        executable.orElseThrow(() -> ApiError.badParameter("actions[execute_filemode] is missing")));
            default -> throw new IllegalStateException(kind);
        };
    }
}
