package io.fairlead.link.explanation.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.Grant;
import io.fairlead.kube.rbac.RbacWorld;
import io.fairlead.kube.rbac.Subject;
import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.explanation.Explanations.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code fairlead why}, {@code who-can} and {@code grant} ask below {@link Explanations#PATH}. Everybody may ask about
 * themselves, as the cluster sees them; about others only who may know the bindings. Blocks.
 */
final class QuestionAnswers {
    private static final Duration ROLES_WAIT_MAX = Duration.ofSeconds(10);

    /** A question that cannot be answered, as its Status says it. */
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;

        Unanswered(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    private final RecentRbac rbac;
    private final BearerToken own;

    QuestionAnswers(RecentRbac rbac, BearerToken own) {
        this.rbac = rbac;
        this.own = own;
    }

    Answer answer(ClusterRequest request) throws InterruptedException {
        try {
            return answered(request);
        } catch (Unanswered e) {
            return AnswerJson.status(e.status, String.valueOf(e.getMessage()));
        } catch (FairleadException e) {
            return AnswerJson.status(503, "the agent cannot explain: " + e.getMessage());
        }
    }

    private Answer answered(ClusterRequest request) throws Unanswered, InterruptedException {
        String question = request.path().substring(Explanations.PATH.length());
        if (!List.of("v1/why", "v1/who-can", "v1/grant").contains(question)) {
            throw new Unanswered(404, "the agent answers v1/why, v1/who-can and v1/grant, not " + question);
        }
        if (!request.method().equals("GET")) {
            throw new Unanswered(405, "questions to the agent are GET");
        }
        Action action = action(request.query());
        Requester requester = Requester.of(request, own);
        Caller caller = requester
                .caller()
                .orElseThrow(() -> new Unanswered(
                        501, "you act as the agent itself, and it does not know as whom the cluster knows it"));
        RbacWorld world = rbac.fresh(ROLES_WAIT_MAX);
        boolean knows = Verdict.knowsBindings(world, caller, requester.configProject());
        return switch (question) {
            case "v1/why" ->
                AnswerJson.why(
                        caller,
                        request.as().isEmpty(),
                        action,
                        Verdict.of(world, caller, requester.configProject(), action),
                        allowing(world, caller, action));
            case "v1/who-can" -> {
                if (!knows) {
                    throw new Unanswered(
                            403,
                            "who else may do something is told to maintainers of the agent's project, where user_access"
                                    + " names it and access_as is user, and to whoever may list clusterrolebindings and"
                                    + " rolebindings in the cluster");
                }
                yield AnswerJson.whoCan(action, world.allowing(action));
            }
            default -> grant(world, caller, requester.configProject(), knows, action, one(request.query(), "to"));
        };
    }

    private static List<Binding> allowing(RbacWorld world, Caller caller, Action action) {
        return world.allowing(action).stream()
                .filter(binding -> binding.binds(caller))
                .toList();
    }

    private static Answer grant(
            RbacWorld world, Caller caller, String configProject, boolean knows, Action action, String to)
            throws Unanswered {
        Subject subject;
        if (to.isEmpty()) {
            boolean forAll = action.reads()
                    && Verdict.leastKnown(world, knows).suitableRole(action).isPresent();
            subject = GrantSubject.of(caller, configProject, forAll);
        } else {
            subject = subject(to);
            boolean theirs = Subject.ofUserName(caller.user()).equals(subject)
                    || (subject.kind() == Subject.Kind.GROUP && caller.groups().contains(subject.name()));
            if (!knows && !theirs) {
                throw new Unanswered(
                        403,
                        "what " + subject.text() + " lacks is told to those it is about, to maintainers of the agent's"
                                + " project and to whoever may list the cluster's bindings");
            }
        }
        Optional<Grant> grant = world.allows(callerOf(subject), action)
                ? Optional.empty()
                : Optional.of(Verdict.leastKnown(world, knows).of(subject, action));
        return AnswerJson.grant(action, subject, grant, knows);
    }

    /** Somebody who is this and nothing else. */
    private static Caller callerOf(Subject subject) {
        return switch (subject.kind()) {
            case GROUP -> new Caller("", List.of(subject.name()));
            case SERVICE_ACCOUNT ->
                Caller.serviceAccount("system:serviceaccount:" + subject.namespace() + ":" + subject.name());
            case USER, UNKNOWN -> Caller.impersonated(subject.name(), List.of());
        };
    }

    private static Subject subject(String to) throws Unanswered {
        int colon = to.indexOf(':');
        String kind = colon < 0 ? to : to.substring(0, colon);
        String name = to.substring(colon + 1);
        if (!name.isEmpty() && colon > 0) {
            switch (kind) {
                case "user" -> {
                    return Subject.ofUserName(name);
                }
                case "group" -> {
                    return Subject.group(name);
                }
                default -> {}
            }
        }
        throw new Unanswered(400, "to must be user:NAME or group:NAME, not \"" + to + "\"");
    }

    private static Action action(Map<String, List<String>> query) throws Unanswered {
        String verb = one(query, "verb");
        String path = one(query, "path");
        String resource = one(query, "resource");
        if (verb.isEmpty() || path.isEmpty() == resource.isEmpty()) {
            throw new Unanswered(400, "a question needs a verb and a resource or a path");
        }
        return path.isEmpty()
                ? new Action.OnResource(
                        verb,
                        one(query, "group"),
                        resource,
                        one(query, "subresource"),
                        one(query, "namespace"),
                        one(query, "name"))
                : new Action.OnPath(verb, path);
    }

    private static String one(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }
}
