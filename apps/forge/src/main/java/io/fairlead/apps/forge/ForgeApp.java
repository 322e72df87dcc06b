package io.fairlead.apps.forge;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.agent.AgentRoutes;
import io.fairlead.forge.agent.AgentTokenQueries;
import io.fairlead.forge.agent.AgentTokens;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Router;
import io.fairlead.forge.http.HttpListener;
import io.fairlead.forge.http.HttpListenerConfig;
import io.fairlead.forge.identity.Passwords;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.identity.UserRoutes;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.instance.FirstStart;
import io.fairlead.forge.instance.MetadataRoutes;
import io.fairlead.forge.job.JobTokenQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.kas.GitalyDirectory;
import io.fairlead.forge.kas.KasRoutes;
import io.fairlead.forge.kas.UsageQueries;
import io.fairlead.forge.kas.UsageRoutes;
import io.fairlead.forge.project.MemberQueries;
import io.fairlead.forge.project.MemberRoutes;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.project.ProjectRoutes;
import io.fairlead.forge.project.Projects;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.forge.signin.CredentialGate;
import io.fairlead.forge.token.PersonalAccessTokens;
import io.fairlead.forge.token.TokenQueries;
import io.fairlead.forge.token.TokenRoutes;
import io.fairlead.forge.token.TokenSecrets;
import io.fairlead.gitlab.jwt.JwtRefusedException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.store.migration.Migrator;
import io.fairlead.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
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
    private final MemberQueries members;
    private final ProjectAccess access;
    private final AgentQueries agents;
    private final AgentTokenQueries agentTokenQueries;
    private final AgentTokens agentTokens;
    private final JobTokens jobTokens;
    private final Stages stages = new Stages();
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
        members = new MemberQueries(database);
        access = new ProjectAccess(members);
        agents = new AgentQueries(database);
        agentTokenQueries = new AgentTokenQueries(database);
        agentTokens = new AgentTokens(agentTokenQueries, agents, secrets, clock);
        jobTokens = new JobTokenQueries(database, clock);
        firstStart = new FirstStart(folder, users, tokens, random, clock);
    }

    @Override
    public void start() throws Exception {
        stages.add("data folder", folder);
        stages.add("database", database);
        stages.add("first administrator", firstStart);
        stages.add("repositories", starting(repositories::start));
        stages.add("http", starting(this::startHttp));
        stages.start();
    }

    private void startHttp() throws Exception {
        HttpListener listener = new HttpListener(HttpListenerConfig.on(config.httpListen()), router());
        http = listener;
        listener.start();
    }

    /** Also for the test that walks the table of routes. */
    Router router() throws IOException {
        Predicate<String> kasSignature = kasSignature();
        CredentialGate gate = new CredentialGate(
                new CredentialGate.Directory(tokens, agentTokens, jobTokens, projectQueries, access), kasSignature);
        return new Router(routes(), gate, random);
    }

    private List<Route> routes() {
        String url = config.externalUrl().toString();
        Projects projects = new Projects(projectQueries, repositories, clock);
        GitalyDirectory gitaly = new GitalyDirectory(() -> "tcp://127.0.0.1:1", "");
        return Stream.of(
                        new MetadataRoutes(
                                        GITLAB_VERSION,
                                        "fairlead",
                                        config.kasUrl().toString(),
                                        config.k8sProxyUrl().toString())
                                .routes(),
                        new UserRoutes(users, new Passwords(random), clock, url).routes(),
                        new TokenRoutes(tokens, tokenQueries, users).routes(),
                        new ProjectRoutes(projectQueries, projects, members, users, repositories, url).routes(),
                        new MemberRoutes(members, users, clock, url).routes(),
                        new AgentRoutes(agents, agentTokenQueries, agentTokens, projectQueries, clock).routes(),
                        new KasRoutes(agents, projectQueries, access, gitaly, clock).routes(),
                        new UsageRoutes(new UsageQueries(database)).routes())
                .flatMap(List::stream)
                .toList();
    }

    private Predicate<String> kasSignature() throws IOException {
        KasJwt jwt = new KasJwt(KasSecret.read(kasSecretFile()), clock);
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

    private static Stage starting(Starting starting) {
        return new Stage() {
            @Override
            public void start() throws Exception {
                starting.start();
            }

            @Override
            public void close() {}
        };
    }

    /** Waits for requests in progress, a few seconds at most, and ends everything in the reverse order of start. */
    @Override
    public void close() throws Exception {
        if (http != null) {
            http.close();
        }
        stages.close();
    }

    /** Where HTTP is served; after {@link #start}. */
    public InetSocketAddress httpAddress() {
        HttpListener listener = http;
        if (listener == null) {
            throw new IllegalStateException("the forge was not started");
        }
        return listener.address();
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
