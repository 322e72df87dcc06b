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
import io.fairlead.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every keeper of job tokens does, in memory and in the database alike. */
class JobTokensContractTest {
    /** Who keeps them. */
    enum Keeper {
        MEMORY,
        SQLITE,
        POSTGRESQL
    }

    @Nested
    class InMemory extends Contract {
        InMemory() {
            super(Keeper.MEMORY);
        }
    }

    @Nested
    class OnSqlite extends Contract {
        OnSqlite() {
            super(Keeper.SQLITE);
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        OnPostgresql() {
            super(Keeper.POSTGRESQL);
        }
    }

    /** The statements, which hold for each. */
    abstract static class Contract {
        private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

        private final Keeper keeper;

        @TempDir
        Path folder;

        private Instant now = START;
        private final InstantSource clock = () -> now;
        private TestDatabase.Opened database;
        private JobIdentity job;

        Contract(Keeper keeper) {
            this.keeper = keeper;
        }

        @BeforeEach
        void open() throws Exception {
            TestDatabase kind = keeper == Keeper.POSTGRESQL ? TestDatabase.POSTGRESQL : TestDatabase.SQLITE;
            database = kind.open(folder, clock);
            User user = new UserQueries(database)
                    .create("u", "U", "u@x", false, null, now)
                    .orElseThrow();
            ProjectQueries projects = new ProjectQueries(database);
            long namespace = new NamespaceQueries(database)
                    .ofUser(user.id())
                    .orElseThrow()
                    .id();
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
        void close() throws Exception {
            database.close();
        }

        private JobTokens tokens() {
            return keeper == Keeper.MEMORY ? new InMemoryJobTokens(clock) : new JobTokenQueries(database, clock);
        }

        @Test
        void knowsTheJobUntilItsTimeIsOver() {
            JobTokens tokens = tokens();
            tokens.put("glcbt-a", job, START.plusSeconds(60));
            assertThat(tokens.jobOf("glcbt-a")).contains(job);
            assertThat(tokens.jobOf("glcbt-b")).isEmpty();
            now = START.plus(Duration.ofSeconds(60));
            assertThat(tokens.jobOf("glcbt-a")).isEmpty();
        }

        @Test
        void forgetsAJobThatEnded() {
            JobTokens tokens = tokens();
            tokens.put("glcbt-a", job, START.plusSeconds(60));
            tokens.end(7);
            assertThat(tokens.jobOf("glcbt-a")).isEmpty();
        }

        @Test
        void keepsAJobWithoutAnEnvironment() {
            JobTokens tokens = tokens();
            JobIdentity plain = new JobIdentity(9, 8, job.projectId(), job.userId(), false, null);
            tokens.put("glcbt-a", plain, START.plusSeconds(60));
            assertThat(tokens.jobOf("glcbt-a")).contains(plain);
        }
    }
}
