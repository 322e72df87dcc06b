package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigAddresses;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.forge.agent.ConfigurationRepair;
import io.fairlead.forge.api.RateLimit;
import io.fairlead.forge.api.Router;
import io.fairlead.forge.audit.AuditBounds;
import io.fairlead.forge.audit.AuditFiles;
import io.fairlead.forge.git.GitalyAdapter;
import io.fairlead.forge.hook.HookAddresses;
import io.fairlead.forge.hook.HookDelivery;
import io.fairlead.forge.hook.HookQueries;
import io.fairlead.forge.hook.HookSources;
import io.fairlead.forge.housekeeping.HousekeepingRules;
import io.fairlead.forge.housekeeping.HousekeepingSchedule;
import io.fairlead.forge.http.HttpListener;
import io.fairlead.forge.http.HttpListenerConfig;
import io.fairlead.forge.imports.ImportQueries;
import io.fairlead.forge.imports.Imports;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.instance.FirstStart;
import io.fairlead.forge.instance.Installation;
import io.fairlead.forge.instance.InstallationQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.kas.GitalyDirectory;
import io.fairlead.forge.notification.KasPushNotifier;
import io.fairlead.forge.project.CloneUrls;
import io.fairlead.forge.revocation.AccessChangeFeed;
import io.fairlead.forge.revocation.AccessChangeQueries;
import io.fairlead.forge.secret.SecretBox;
import io.fairlead.forge.signin.CredentialGate;
import io.fairlead.forge.ssh.HostKey;
import io.fairlead.forge.ssh.SshListener;
import io.fairlead.gitlab.gitaly.server.GitalyServer;
import io.fairlead.gitlab.jwt.JwtRefusedException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.gitlab.kas.KasApi;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts the forge together, top to bottom in the order of start: the data folder with its lock, the database, the first
 * administrator, the repositories, and last the listeners, so that whoever can reach it finds it whole.
 */
public final class ForgeApp implements Stage {
    private static final String KAS_SECRET = "gitlab-kas-secret";
    private static final String GITALY_TOKEN = "gitaly-token";
    private static final Duration HOOK_RETRY = Duration.ofSeconds(2);
    private static final String SSH_HOST_KEY = "ssh-host-key";

    private final ForgeConfig config;
    private final Clock clock;
    private final RandomIds random = RandomIds.secure();
    private final DataFolder folder;
    final ForgeParts parts;
    private final FirstStart firstStart;
    private final AuditFiles audit;
    private final Stages stages = new Stages();
    private final AtomicReference<Optional<InetSocketAddress>> kasApi;
    private String gitalyToken = "";
    private @Nullable GitalyServer gitaly;
    private @Nullable KasPushNotifier notifier;
    private @Nullable SystemScheduler hookScheduler;
    private @Nullable HookDelivery hooks;
    private @Nullable HousekeepingSchedule housekeeping;
    private @Nullable AccessChangeFeed accessChanges;
    private @Nullable GitParts git;
    private @Nullable Imports imports;
    private @Nullable SshListener ssh;
    private @Nullable HttpListener http;

    public ForgeApp(ForgeConfig config) {
        this(config, Clock.systemUTC());
    }

    ForgeApp(ForgeConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        folder = new DataFolder(config.dataDir());
        parts = new ForgeParts(
                config.database(), clock, random, folder, config.rules().sharing());
        kasApi = new AtomicReference<>(config.kas().apiAddress());
        audit = new AuditFiles(folder.audit(), AuditBounds.DEFAULT, clock);
        firstStart = new FirstStart(folder, parts.users, parts.tokens, random, clock);
    }

    @Override
    public void start() throws Exception {
        stages.add("data folder", folder);
        stages.add("database", parts.store);
        stages.add("installation", installation());
        stages.add("first administrator", firstStart);
        stages.add("repositories", starting(parts.repositories::start, () -> {}));
        stages.add("agents' configurations", starting(parts.agentConfigurations::refreshAll, () -> {}));
        stages.add("repair of configurations", new ConfigurationRepair(parts.agentConfigurations));
        stages.add("gitaly", starting(this::startGitaly, this::closeGitaly));
        stages.add("push notifier", starting(this::startNotifier, this::closeNotifier));
        stages.add("hooks", starting(this::startHooks, this::closeHooks));
        stages.add("housekeeping", starting(this::startHousekeeping, this::closeHousekeeping));
        stages.add("access changes", starting(this::startAccessChanges, this::closeAccessChanges));
        stages.add("audit", audit);
        stages.add("ssh", starting(this::startSsh, this::closeSsh));
        stages.add("imports", starting(this::startImports, this::closeImports));
        stages.add("http", starting(this::startHttp, this::closeHttp));
        stages.start();
    }

    private Installation installation() {
        boolean embedded = config.database() instanceof DatabaseKeys.Sqlite;
        return new Installation(folder, new InstallationQueries(parts.database), embedded, random, clock);
    }

    private void startGitaly() throws Exception {
        String token = Files.readString(folder.secretFile(GITALY_TOKEN, random), StandardCharsets.US_ASCII)
                .strip();
        gitalyToken = token;
        gitaly = new GitalyServer(config.gitaly().listen(), new GitalyAdapter(parts.repositories), token, clock);
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

    private void startHooks() throws Exception {
        SystemScheduler scheduler = new SystemScheduler("hooks-later");
        hookScheduler = scheduler;
        hooks = new HookDelivery(
                new HookQueries(parts.database, secretBox(), clock),
                parts.projectQueries,
                new HookSources(
                        parts.users,
                        parts.repositories,
                        this::cloneUrls,
                        config.externalUrl().toString()),
                new HookDelivery.Means(
                        addresses(),
                        random,
                        new SecureRandom(),
                        clock,
                        scheduler,
                        Thread.ofPlatform().daemon().name("hooks-", 0).factory()),
                HOOK_RETRY);
        hooks.start();
    }

    private void closeHooks() {
        if (hooks != null) {
            hooks.close();
        }
        if (hookScheduler != null) {
            hookScheduler.close();
        }
    }

    private void startHousekeeping() {
        housekeeping = new HousekeepingSchedule(
                parts.housekeeping,
                HousekeepingRules.DEFAULT,
                folder.objectsLockFile(),
                clock,
                Thread.ofPlatform().daemon().name("housekeeping").factory());
        housekeeping.start();
    }

    private void closeHousekeeping() throws InterruptedException {
        if (housekeeping != null) {
            housekeeping.close();
        }
    }

    private void startAccessChanges() {
        accessChanges = new AccessChangeFeed(new AccessChangeQueries(parts.database), clock);
        accessChanges.start();
    }

    private void closeAccessChanges() {
        if (accessChanges != null) {
            accessChanges.close();
        }
    }

    /** For tests that look behind the listeners. */
    ForgeParts parts() {
        return parts;
    }

    private void startSsh() throws Exception {
        Path hostKey = folder.secretFile(SSH_HOST_KEY, HostKey::generate);
        git = new GitParts(
                parts,
                List.of(started(notifier), started(hooks), started(housekeeping), started(accessChanges)),
                clock);
        ssh = git.ssh(config.ssh().listen(), hostKey);
        ssh.start();
    }

    private void closeSsh() throws Exception {
        if (ssh != null) {
            ssh.close();
        }
    }

    private CloneUrls cloneUrls() {
        String web = config.externalUrl().toString();
        return config.ssh()
                .external()
                .map(address -> new CloneUrls(web, address.getHostString(), address.getPort()))
                .orElseGet(() ->
                        CloneUrls.beside(config.externalUrl(), sshAddress().getPort()));
    }

    private void startImports() {
        imports = new Imports(
                new ImportQueries(parts.database, clock),
                parts.projectQueries,
                started(git).imports(addresses()::allows),
                Thread.ofPlatform().daemon().name("imports-", 0).factory());
        imports.start();
    }

    private void closeImports() throws InterruptedException {
        if (imports != null) {
            imports.close();
        }
    }

    /** Where hooks may call and imports may come from. */
    private HookAddresses addresses() {
        return config.rules().localHooks() ? HookAddresses.ALSO_LOCAL : HookAddresses.PUBLIC_ONLY;
    }

    private void startHttp() throws Exception {
        Predicate<String> kasSignature = kasSignature();
        http = new HttpListener(
                HttpListenerConfig.on(config.http().listen(), config.http().trustedProxies()),
                router(kasSignature),
                request -> request.header(CredentialGate.KAS_HEADER)
                        .filter(kasSignature)
                        .isPresent());
        http.start();
    }

    private void closeHttp() throws Exception {
        // Answers that go on would hold up the listener's end.
        closeAccessChanges();
        if (http != null) {
            http.close();
        }
    }

    /** Also for the test that walks the table of routes. */
    Router router() throws IOException {
        return router(kasSignature());
    }

    private Router router(Predicate<String> kasSignature) throws IOException {
        CredentialGate gate = new CredentialGate(
                new CredentialGate.Directory(
                        parts.users,
                        parts.tokens,
                        parts.agentTokens,
                        parts.jobTokens,
                        parts.deployTokens,
                        parts.projectQueries,
                        parts.access,
                        parts.groupAccess),
                kasSignature);
        ForgeRoutes routes = new ForgeRoutes(
                parts,
                config,
                clock,
                random,
                new GitalyDirectory(this::gitalyUrl, gitalyToken),
                secretBox(),
                started(hooks),
                started(imports),
                started(accessChanges),
                audit);
        return new Router(
                routes.all(started(git), cloneUrls()),
                gate,
                new RateLimit(config.rules().requestsPerMinute(), clock),
                random);
    }

    private SecretBox secretBox() throws IOException {
        Path key = folder.secretFile(SecretBox.KEY_FILE, random);
        return new SecretBox(Files.readString(key, StandardCharsets.US_ASCII).strip(), random);
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
                + config.gitaly()
                        .external()
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

    /** Where Git is served over SSH; after {@link #start}. */
    public InetSocketAddress sshAddress() {
        return started(ssh).address();
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
        return parts.jobTokens;
    }

    /** Holds the first administrator's personal access token. */
    public Path adminTokenFile() {
        return firstStart.tokenFile();
    }

    /** Holds the secret that kas signs its requests with; made at the first start. */
    public Path kasSecretFile() throws IOException {
        return config.kas().secretFile().isPresent()
                ? config.kas().secretFile().get()
                : folder.secretFile(KAS_SECRET, random);
    }
}
