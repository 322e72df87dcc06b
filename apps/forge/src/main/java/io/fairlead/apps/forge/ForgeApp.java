package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigAddresses;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.net.Addresses;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.agent.AgentRoutes;
import io.fairlead.forge.agent.AgentTokenQueries;
import io.fairlead.forge.agent.AgentTokens;
import io.fairlead.forge.agent.JobAgents;
import io.fairlead.forge.agent.ProxyAuthorization;
import io.fairlead.forge.api.RateLimit;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Router;
import io.fairlead.forge.git.GitRoutes;
import io.fairlead.forge.git.GitSlots;
import io.fairlead.forge.git.GitalyAdapter;
import io.fairlead.forge.group.GroupListRoutes;
import io.fairlead.forge.group.GroupRoutes;
import io.fairlead.forge.group.Groups;
import io.fairlead.forge.http.HttpListener;
import io.fairlead.forge.http.HttpListenerConfig;
import io.fairlead.forge.identity.Passwords;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.identity.UserRoutes;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.instance.FirstStart;
import io.fairlead.forge.instance.MetadataRoutes;
import io.fairlead.forge.job.AllowedAgentsRoutes;
import io.fairlead.forge.job.JobTokenQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.kas.GitalyDirectory;
import io.fairlead.forge.kas.KasRoutes;
import io.fairlead.forge.kas.ProxyAuthorizationRoutes;
import io.fairlead.forge.kas.UsageQueries;
import io.fairlead.forge.kas.UsageRoutes;
import io.fairlead.forge.key.DeployKeyRoutes;
import io.fairlead.forge.key.KeyQueries;
import io.fairlead.forge.key.UserKeyRoutes;
import io.fairlead.forge.member.MemberQueries;
import io.fairlead.forge.member.MemberRoutes;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.GroupAccess;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.namespace.NamespaceRoutes;
import io.fairlead.forge.notification.KasPushNotifier;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.project.ProjectRoutes;
import io.fairlead.forge.project.ProjectShareRoutes;
import io.fairlead.forge.project.ProjectView;
import io.fairlead.forge.project.Projects;
import io.fairlead.forge.project.UserDeparture;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.forge.signin.CredentialGate;
import io.fairlead.forge.token.DeployTokenQueries;
import io.fairlead.forge.token.DeployTokenRoutes;
import io.fairlead.forge.token.DeployTokens;
import io.fairlead.forge.token.PersonalAccessTokens;
import io.fairlead.forge.token.ResourceTokenRoutes;
import io.fairlead.forge.token.ResourceTokens;
import io.fairlead.forge.token.TokenQueries;
import io.fairlead.forge.token.TokenRoutes;
import io.fairlead.forge.token.TokenSecrets;
import io.fairlead.gitlab.gitaly.server.GitalyServer;
import io.fairlead.gitlab.jwt.JwtRefusedException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.gitlab.kas.KasApi;
import io.fairlead.store.migration.Migrator;
import io.fairlead.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the forge together, top to bottom in the order of start: the data folder with its lock, the database, the first
 * administrator, the repositories, and last the listeners, so that whoever can reach it finds it whole.
 */
public final class ForgeApp implements Stage {
    /** The GitLab whose interfaces are spoken; clients compare it with what they need. */
    static final String GITLAB_VERSION = "18.2.0";

    private static final String KAS_SECRET = "gitlab-kas-secret";
    private static final String GITALY_TOKEN = "gitaly-token";
    private static final int GIT_OPERATIONS_MAX = 8;
    private static final Duration GIT_WAIT_MAX = Duration.ofSeconds(30);

    private final ForgeConfig config;
    private final Clock clock;
    private final RandomIds random = RandomIds.secure();
    private final DataFolder folder;
    private final SqliteDatabase database;
    private final FirstStart firstStart;
    private final Repositories repositories;
    private final UserQueries users;
    private final TokenQueries tokenQueries;
    private final PersonalAccessTokens tokens;
    private final ProjectQueries projectQueries;
    private final NamespaceQueries namespaces;
    private final RoleQueries roles;
    private final GroupAccess groupAccess;
    private final ProjectAccess access;
    private final AgentQueries agents;
    private final AgentTokenQueries agentTokenQueries;
    private final AgentTokens agentTokens;
    private final JobTokens jobTokens;
    private final DeployTokenQueries deployTokenQueries;
    private final DeployTokens deployTokens;
    private final Stages stages = new Stages();
    private final AtomicReference<Optional<InetSocketAddress>> kasApi;
    private String gitalyToken = "";
    private @Nullable GitalyServer gitaly;
    private @Nullable KasPushNotifier notifier;
    private @Nullable HttpListener http;

    public ForgeApp(ForgeConfig config) {
        this(config, Clock.systemUTC());
    }

    ForgeApp(ForgeConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        folder = new DataFolder(config.dataDir());
        database = new SqliteDatabase(folder.database(), new Migrator(Migrator.ALL, clock));
        repositories = new Repositories(folder.repositories());
        TokenSecrets secrets = new TokenSecrets(random);
        users = new UserQueries(database);
        tokenQueries = new TokenQueries(database);
        tokens = new PersonalAccessTokens(tokenQueries, users, secrets, clock);
        projectQueries = new ProjectQueries(database);
        namespaces = new NamespaceQueries(database);
        roles = new RoleQueries(database, clock);
        access = new ProjectAccess(roles, namespaces);
        groupAccess = new GroupAccess(namespaces, roles);
        agents = new AgentQueries(database);
        agentTokenQueries = new AgentTokenQueries(database);
        agentTokens = new AgentTokens(agentTokenQueries, agents, secrets, clock);
        jobTokens = new JobTokenQueries(database, clock);
        deployTokenQueries = new DeployTokenQueries(database);
        deployTokens = new DeployTokens(deployTokenQueries, secrets, clock);
        kasApi = new AtomicReference<>(config.kasApiAddress());
        firstStart = new FirstStart(folder, users, tokens, random, clock);
    }

    @Override
    public void start() throws Exception {
        stages.add("data folder", folder);
        stages.add("database", database);
        stages.add("first administrator", firstStart);
        stages.add("repositories", starting(repositories::start, () -> {}));
        stages.add("gitaly", starting(this::startGitaly, this::closeGitaly));
        stages.add("push notifier", starting(this::startNotifier, this::closeNotifier));
        stages.add("http", starting(this::startHttp, this::closeHttp));
        stages.start();
    }

    private void startGitaly() throws Exception {
        String token = Files.readString(folder.secretFile(GITALY_TOKEN, random), StandardCharsets.US_ASCII)
                .strip();
        gitalyToken = token;
        gitaly = new GitalyServer(config.gitalyListen(), new GitalyAdapter(repositories), token, clock);
        gitaly.start();
    }

    private void closeGitaly() throws Exception {
        if (gitaly != null) {
            gitaly.close();
        }
    }

    private void startNotifier() throws Exception {
        KasJwt jwt = kasJwt();
        String issuer = config.externalUrl().getHost();
        notifier = new KasPushNotifier(() -> kasApi.get().map(address -> new KasApi(address, jwt, issuer)));
        notifier.start();
    }

    private void closeNotifier() {
        if (notifier != null) {
            notifier.close();
        }
    }

    private void startHttp() throws Exception {
        http = new HttpListener(HttpListenerConfig.on(config.httpListen()), router());
        http.start();
    }

    private void closeHttp() throws Exception {
        if (http != null) {
            http.close();
        }
    }

    /** Also for the test that walks the table of routes. */
    Router router() throws IOException {
        Predicate<String> kasSignature = kasSignature();
        CredentialGate gate = new CredentialGate(
                new CredentialGate.Directory(
                        users, tokens, agentTokens, jobTokens, deployTokens, projectQueries, access, groupAccess),
                kasSignature);
        return new Router(routes(), gate, new RateLimit(config.requestsPerMinute(), clock), random);
    }

    private List<Route> routes() {
        String url = config.externalUrl().toString();
        Projects projects = new Projects(projectQueries, users, repositories, clock);
        UserDeparture departure = new UserDeparture(users, namespaces, projectQueries, projects);
        KeyQueries keys = new KeyQueries(database, clock);
        Groups groups = new Groups(namespaces, projectQueries, projects);
        ShareQueries shares = new ShareQueries(database, clock);
        ProjectView projectView = new ProjectView(projectQueries, users, roles, shares, repositories, url);
        MemberQueries members = new MemberQueries(database, clock);
        ResourceTokens resourceTokens = new ResourceTokens(tokens, tokenQueries, users, members, random, clock);
        JobAgents jobAgents = new JobAgents(database, agents, namespaces);
        KasPushNotifier pushes = started(notifier);
        GitalyDirectory directory = new GitalyDirectory(this::gitalyUrl, gitalyToken);
        ProxyAuthorization proxyAuthorization =
                new ProxyAuthorization(agents, projectQueries, namespaces, roles, tokens, repositories);
        GitSlots slots = new GitSlots(GIT_OPERATIONS_MAX, GIT_WAIT_MAX);
        return Stream.of(
                        new MetadataRoutes(
                                        GITLAB_VERSION,
                                        "fairlead",
                                        config.kasUrl().toString(),
                                        config.proxyUrl().toString())
                                .routes(),
                        new UserRoutes(users, departure, new Passwords(random), clock, url).routes(),
                        new UserKeyRoutes(keys, users, clock).routes(),
                        new DeployKeyRoutes(keys, roles, clock).routes(),
                        new TokenRoutes(tokens, tokenQueries, users).routes(),
                        new ResourceTokenRoutes(resourceTokens, tokens, tokenQueries, users, roles).routes(),
                        new DeployTokenRoutes(deployTokens, deployTokenQueries, clock).routes(),
                        new NamespaceRoutes(namespaces, groupAccess, roles, url).routes(),
                        new GroupRoutes(namespaces, groups, groupAccess, shares, roles, clock, url).routes(),
                        new GroupListRoutes(namespaces, projectView, roles, url).routes(),
                        new ProjectRoutes(projectQueries, projects, access, namespaces, roles, projectView).routes(),
                        new ProjectShareRoutes(shares, groupAccess, roles).routes(),
                        new MemberRoutes(members, roles, users, url).routes(),
                        new AgentRoutes(agents, agentTokenQueries, agentTokens, projectQueries, clock).routes(),
                        new KasRoutes(agents, projectQueries, access, directory, clock).routes(),
                        new ProxyAuthorizationRoutes(proxyAuthorization).routes(),
                        new AllowedAgentsRoutes(jobAgents, projectQueries, roles, users).routes(),
                        new GitRoutes(projectQueries, access, repositories, slots, List.of(pushes)).routes(),
                        new UsageRoutes(new UsageQueries(database)).routes())
                .flatMap(List::stream)
                .toList();
    }

    private KasJwt kasJwt() throws IOException {
        return new KasJwt(KasSecret.read(kasSecretFile()), clock);
    }

    private Predicate<String> kasSignature() throws IOException {
        KasJwt jwt = kasJwt();
        return token -> {
            try {
                jwt.verifyFromKas(token);
                return true;
            } catch (JwtRefusedException e) {
                return false;
            }
        };
    }

    private interface Starting {
        void start() throws Exception;
    }

    /** A stage whose parts are made only when it starts. */
    private static Stage starting(Starting starting, Starting closing) {
        return new Stage() {
            @Override
            public void start() throws Exception {
                starting.start();
            }

            @Override
            public void close() throws Exception {
                closing.start();
            }
        };
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the forge was not started");
        }
        return part;
    }

    private String gitalyUrl() {
        return "tcp://"
                + config.gitalyExternal()
                        .map(ConfigAddresses::text)
                        .orElseGet(() -> Addresses.reachable(gitalyAddress()));
    }

    /** Waits for requests in progress, a few seconds at most, and ends everything in the reverse order of start. */
    @Override
    public void close() {
        stages.close();
    }

    /** Tells where kas's listener for GitLab is, for a kas that starts after the forge. */
    public void announcePushesTo(InetSocketAddress kasApiAddress) {
        kasApi.set(Optional.of(kasApiAddress));
    }

    /** Where HTTP is served; after {@link #start}. */
    public InetSocketAddress httpAddress() {
        return started(http).address();
    }

    /** Where Gitaly's gRPC is served; after {@link #start}. */
    public InetSocketAddress gitalyAddress() {
        return started(gitaly).address();
    }

    /** Holds the first administrator's password. */
    public Path adminPasswordFile() {
        return firstStart.passwordFile();
    }

    /** The seam for whoever starts jobs. */
    public JobTokens jobTokens() {
        return jobTokens;
    }

    /** Holds the first administrator's personal access token. */
    public Path adminTokenFile() {
        return firstStart.tokenFile();
    }

    /** Holds the secret that kas signs its requests with; made at the first start. */
    public Path kasSecretFile() throws IOException {
        return config.kasSecretFile().isPresent()
                ? config.kasSecretFile().get()
                : folder.secretFile(KAS_SECRET, random);
    }
}
