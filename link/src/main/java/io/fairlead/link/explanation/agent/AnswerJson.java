package io.fairlead.link.explanation.agent;

import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.Grant;
import io.fairlead.kube.rbac.Subject;
import io.fairlead.link.explanation.Explanations.Answer;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The agent's own answers, of one kind and version, by which a command knows that it was the agent who answered. */
final class AnswerJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** Rows of {@code who-can}; a cluster where more may do something has no list that helps anybody. */
    private static final int SUBJECTS_MAX = 1_000;

    private AnswerJson() {}

    static Answer why(Caller caller, boolean agentItself, Action action, Verdict verdict, List<Binding> by) {
        return explanation(action, out -> {
            out.writeObjectPropertyStart("caller");
            out.writeStringProperty("user", caller.user());
            out.writeArrayPropertyStart("groups");
            caller.groups().forEach(out::writeString);
            out.writeEndArray();
            out.writeBooleanProperty("agentItself", agentItself);
            out.writeEndObject();
            out.writeBooleanProperty("allowed", verdict instanceof Verdict.Allowed);
            out.writeStringProperty("text", ExplanationText.verdict(action, verdict));
            out.writeArrayPropertyStart("by");
            by.forEach(binding -> out.writeString(binding.text()));
            out.writeEndArray();
            if (verdict instanceof Verdict.Forbidden(var nearest, Grant grant, boolean namesKnown)) {
                nearest.ifPresent(near -> {
                    out.writeObjectPropertyStart("nearest");
                    out.writeStringProperty("binding", near.binding().text());
                    out.writeStringProperty("lacks", near.gap().name());
                    out.writeEndObject();
                });
                grant(out, grant, namesKnown);
            }
        });
    }

    static Answer whoCan(Action action, List<Binding> bindings) {
        return explanation(action, out -> {
            int rows = 0;
            out.writeArrayPropertyStart("subjects");
            for (Binding binding : bindings) {
                for (Subject subject : binding.subjects()) {
                    if (rows++ < SUBJECTS_MAX) {
                        out.writeStartObject();
                        out.writeStringProperty("kind", subject.kind().text());
                        out.writeStringProperty("name", subject.name());
                        out.writeStringProperty("namespace", subject.namespace());
                        out.writeStringProperty("by", binding.text());
                        out.writeStringProperty("role", binding.roleKind() + " " + binding.role());
                        out.writeEndObject();
                    }
                }
            }
            out.writeEndArray();
            out.writeBooleanProperty("truncated", rows > SUBJECTS_MAX);
        });
    }

    static Answer grant(Action action, Subject subject, Optional<Grant> grant, boolean namesKnown) {
        return explanation(action, out -> {
            out.writeStringProperty("to", subject.text());
            out.writeBooleanProperty("allowed", grant.isEmpty());
            grant.ifPresent(needed -> grant(out, needed, namesKnown));
        });
    }

    private static void grant(JsonGenerator out, Grant grant, boolean namesKnown) {
        out.writeObjectPropertyStart("grant");
        out.writeStringProperty("text", grant.text());
        out.writeStringProperty("fileName", grant.fileName());
        out.writeStringProperty("manifest", grant.yaml());
        out.writeBooleanProperty("namesKnown", namesKnown);
        out.writeEndObject();
    }

    private static Answer explanation(Action action, Consumer<JsonGenerator> members) {
        return object(200, out -> {
            out.writeStringProperty("kind", "Explanation");
            out.writeStringProperty("apiVersion", "explain.fairlead.dev/v1");
            out.writeStringProperty("action", action.text());
            members.accept(out);
        });
    }

    static Answer status(int code, String message) {
        return object(code, out -> {
            out.writeStringProperty("kind", "Status");
            out.writeStringProperty("apiVersion", "v1");
            out.writeObjectPropertyStart("metadata");
            out.writeEndObject();
            out.writeStringProperty("status", "Failure");
            out.writeStringProperty("message", "Fairlead: " + message);
            out.writeObjectPropertyStart("details");
            out.writeStringProperty("group", "explain.fairlead.dev");
            out.writeEndObject();
            out.writeNumberProperty("code", code);
        });
    }

    private static Answer object(int status, Consumer<JsonGenerator> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            members.accept(out);
            out.writeEndObject();
        }
        return new Answer(status, bytes.toByteArray());
    }
}
