package io.fairlead.forge.signin;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.agent.AgentTokens;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Gate;
import io.fairlead.forge.api.PathParameters;
import io.fairlead.forge.api.Request;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.namespace.GroupAccess;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.PathQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.token.DeployTokens;
import io.fairlead.forge.token.PersonalAccessTokens;
import io.fairlead.forge.token.TokenSecrets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** The gate of a running forge: reads the credentials that each kind of access asks for and checks them. */
public final class CredentialGate implements Gate {
    /** Where people, agents, jobs and projects are looked up. */
    public record Directory(
            UserQueries users,
            PersonalAccessTokens tokens,
            AgentTokens agentTokens,
            JobTokens jobTokens,
            DeployTokens deployTokens,
            ProjectQueries projects,
            ProjectAccess projectAccess,
            GroupAccess groups) {}

    /** Where kas puts the JWT that it signs. */
    public static final String KAS_HEADER = "gitlab-kas-api-request";

    /** The name that jobs give with their token. */
    private static final String JOB_USER = "gitlab-ci-token";

    private final Directory directory;
    private final Predicate<String> kasSignature;

    /** @param kasSignature whether a JWT is a request signed by our kas */
    public CredentialGate(Directory directory, Predicate<String> kasSignature) {
        this.directory = directory;
        this.kasSignature = kasSignature;
    }

    @Override
    public Admission admit(Access access, Request request, PathParameters parameters) {
        return switch (access) {
            case Access.Anyone() -> of(new Caller.Anonymous());
            case Access.SignedIn(Set<Scope> anyOf) -> of(person(request, anyOf));
            case Access.Administrator(Set<Scope> anyOf) -> of(administrator(request, anyOf));
            case Access.OnProject(Permission permission, Set<Scope> anyOf) ->
                onProject(person(request, anyOf), parameters.text("id"), permission);
            case Access.OnProjectOrJob(Permission permission, Set<Scope> anyOf) ->
                onProject(
                        Credentials.job(request).isPresent() ? job(request) : person(request, anyOf),
                        parameters.text("id"),
                        permission);
            case Access.OnGroup(Permission permission, Set<Scope> anyOf) ->
                onGroup(person(request, anyOf), parameters.text("id"), permission);
            case Access.Kas() -> of(kas(request));
            case Access.KasForAgent() -> of(kasForAgent(request));
            case Access.RunningJob() -> of(job(request));
            case Access.GitClient() -> of(gitClient(request));
        };
    }

    private static Admission of(Caller caller) {
        return new Admission(caller, new Subject.None());
    }

    private Caller.Person person(Request request, Set<Scope> anyOf) {
        String secret = Credentials.personal(request).orElseThrow(ApiError::unauthorized);
        Caller.Person person = person(secret);
        if (person.scopes().stream().noneMatch(anyOf::contains)) {
            throw ApiError.insufficientScope(anyOf);
        }
        Optional<String> sudo = Credentials.sudo(request);
        return sudo.isPresent() ? asIf(person, sudo.get()) : person;
    }

    /** An administrator whose token allows it acts as somebody else, with the same token. */
    private Caller.Person asIf(Caller.Person person, String idOrName) {
        if (!person.admin()) {
            throw ApiError.forbidden("Must be admin to use sudo");
        }
        if (!person.scopes().contains(Scope.SUDO)) {
            throw ApiError.insufficientScope(Set.of(Scope.SUDO));
        }
        OptionalLong number = PathQueries.number(idOrName);
        User user = (number.isPresent()
                        ? directory.users().byId(number.getAsLong())
                        : directory.users().byUsername(idOrName))
                .filter(User::active)
                .orElseThrow(() -> ApiError.notFound("User with ID or username '" + idOrName + "'"));
        return new Caller.Person(user.id(), user.username(), user.admin(), person.tokenId(), person.scopes());
    }

    private Caller.Person person(String secret) {
        return switch (directory.tokens().check(secret)) {
            case PersonalAccessTokens.Verdict.Valid(var token, var user) ->
                new Caller.Person(user.id(), user.username(), user.admin(), token.id(), token.scopes());
            case PersonalAccessTokens.Verdict.Unknown() -> throw ApiError.unauthorized();
            case PersonalAccessTokens.Verdict.Revoked() ->
                throw ApiError.invalidToken("Token was revoked. You have to re-authorize from the user.");
            case PersonalAccessTokens.Verdict.Expired() ->
                throw ApiError.invalidToken("Token is expired. Create a new one.");
            case PersonalAccessTokens.Verdict.Blocked() -> throw ApiError.forbidden("Your account has been blocked.");
        };
    }

    private Caller.Person administrator(Request request, Set<Scope> anyOf) {
        Caller.Person person = person(request, anyOf);
        if (!person.admin()) {
            throw ApiError.forbidden();
        }
        return person;
    }

    private Admission onProject(Caller caller, String idOrPath, Permission permission) {
        Project project = directory.projects().byIdOrPath(idOrPath).orElseThrow(() -> ApiError.notFound("Project"));
        Permission.Standing standing = directory.projectAccess().standing(caller, project);
        if (!Permission.READ_PROJECT.allows(standing)) {
            throw ApiError.notFound("Project");
        }
        if (!permission.allows(standing)) {
            throw ApiError.forbidden();
        }
        return new Admission(caller, new Subject.OfProject(project.id()));
    }

    private Admission onGroup(Caller.Person person, String idOrPath, Permission permission) {
        Namespace group = directory.groups().visible(person, idOrPath).orElseThrow(() -> ApiError.notFound("Group"));
        if (!directory.groups().allows(person, group, permission)) {
            throw ApiError.forbidden();
        }
        return new Admission(person, new Subject.OfGroup(group.id()));
    }

    private Caller.Kas kas(Request request) {
        boolean signed = request.header(KAS_HEADER).filter(kasSignature).isPresent();
        if (!signed) {
            throw ApiError.message(401, "401 Unauthorized - KAS JWT authentication invalid");
        }
        return new Caller.Kas();
    }

    private Caller.Agent kasForAgent(Request request) {
        kas(request);
        return Credentials.agent(request)
                .flatMap(directory.agentTokens()::agentOf)
                .map(agent -> new Caller.Agent(agent.id()))
                .orElseThrow(ApiError::unauthorized);
    }

    private Caller.Job job(Request request) {
        return Credentials.job(request)
                .flatMap(directory.jobTokens()::jobOf)
                .map(Caller.Job::new)
                .orElseThrow(ApiError::unauthorized);
    }

    /** No credentials make an anonymous caller; wrong ones are refused, so that a client asks again. */
    private Caller gitClient(Request request) {
        if (request.headerCount("authorization") == 0) {
            return new Caller.Anonymous();
        }
        Optional<Credentials.Basic> basic = Credentials.basic(request);
        if (basic.isEmpty()) {
            throw ApiError.askForPassword();
        }
        String password = basic.get().password();
        if (basic.get().name().equals(JOB_USER)) {
            return directory.jobTokens().jobOf(password).map(Caller.Job::new).orElseThrow(ApiError::askForPassword);
        }
        if (password.startsWith(TokenSecrets.DEPLOY)) {
            return directory
                    .deployTokens()
                    .check(basic.get().name(), password)
                    .map(token ->
                            new Caller.Deployer(token.username(), token.scopes(), token.projectId(), token.groupId()))
                    .orElseThrow(ApiError::askForPassword);
        }
        return switch (directory.tokens().check(password)) {
            case PersonalAccessTokens.Verdict.Valid(var token, var user) ->
                new Caller.Person(user.id(), user.username(), user.admin(), token.id(), token.scopes());
            case PersonalAccessTokens.Verdict.Unknown(),
                    PersonalAccessTokens.Verdict.Revoked(),
                    PersonalAccessTokens.Verdict.Expired(),
                    PersonalAccessTokens.Verdict.Blocked() -> throw ApiError.askForPassword();
        };
    }
}
