package io.fairlead.store.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.job.InMemoryJobTokens;
import io.fairlead.forge.job.JobTokenQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.store.migration.Migrator;
import io.fairlead.store.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every keeper of job tokens does, in memory and in the database alike. */
class JobTokensContractTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Instant now = START;
    private final InstantSource clock = () -> now;
    private SqliteDatabase database;
    private JobIdentity job;

    @BeforeEach
    void open() throws Exception {
        database = new SqliteDatabase(folder.resolve("fairlead.db"), new Migrator(Migrator.ALL, clock));
        database.start();
        User user = new UserQueries(database)
                .create("u", "U", "u@x", false, null, now)
                .orElseThrow();
        ProjectQueries projects = new ProjectQueries(database);
        long namespace =
                new NamespaceQueries(database).ofUser(user.id()).orElseThrow().id();
        Project project = projects.create(
                        new Project.Draft(namespace, "p", "p", null, Visibility.PRIVATE, "main", user.id()), now)
                .orElseThrow();
        job = new JobIdentity(
                7,
                8,
                project.id(),
                user.id(),
                true,
                new JobIdentity.JobEnvironment("prod/eu", "prod-eu", "production"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private JobTokens tokens(String kind) {
        return kind.equals("memory") ? new InMemoryJobTokens(clock) : new JobTokenQueries(database, clock);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "sqlite"})
    void knowsTheJobUntilItsTimeIsOver(String kind) {
        JobTokens tokens = tokens(kind);
        tokens.put("glcbt-a", job, START.plusSeconds(60));
        assertThat(tokens.jobOf("glcbt-a")).contains(job);
        assertThat(tokens.jobOf("glcbt-b")).isEmpty();
        now = START.plus(Duration.ofSeconds(60));
        assertThat(tokens.jobOf("glcbt-a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "sqlite"})
    void forgetsAJobThatEnded(String kind) {
        JobTokens tokens = tokens(kind);
        tokens.put("glcbt-a", job, START.plusSeconds(60));
        tokens.end(7);
        assertThat(tokens.jobOf("glcbt-a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "sqlite"})
    void keepsAJobWithoutAnEnvironment(String kind) {
        JobTokens tokens = tokens(kind);
        JobIdentity plain = new JobIdentity(9, 8, job.projectId(), job.userId(), false, null);
        tokens.put("glcbt-a", plain, START.plusSeconds(60));
        assertThat(tokens.jobOf("glcbt-a")).contains(plain);
    }
}
