package io.fairlead.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.agent.Agent;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.agent.AgentToken;
import io.fairlead.forge.agent.AgentTokenQueries;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.key.KeyQueries;
import io.fairlead.forge.key.SshPublicKey;
import io.fairlead.forge.member.MemberQueries;
import io.fairlead.forge.member.Membership;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.token.PersonalAccessToken;
import io.fairlead.forge.token.TokenQueries;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only one of several may get, one gets, however many ask at the same moment. */
class RacesTest {
    @Nested
    class OnSqlite extends Contract {
        OnSqlite() {
            super(TestDatabase.SQLITE);
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        OnPostgresql() {
            super(TestDatabase.POSTGRESQL);
        }
    }

    /** The statements, which hold for each. */
    abstract static class Contract {
        private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
        private static final int ROUNDS = 10;
        private static final int RIVALS = 6;

        private final TestDatabase kind;

        @TempDir
        Path folder;

        private TestDatabase.Opened database;
        private UserQueries users;
        private NamespaceQueries namespaces;
        private ProjectQueries projects;
        private User root;
        private long own;

        Contract(TestDatabase kind) {
            this.kind = kind;
        }

        @BeforeEach
        void open() throws Exception {
            InstantSource clock = InstantSource.fixed(NOW);
            database = kind.open(folder, clock);
            users = new UserQueries(database);
            namespaces = new NamespaceQueries(database);
            projects = new ProjectQueries(database);
            root = user("root").orElseThrow();
            own = namespaces.ofUser(root.id()).orElseThrow().id();
        }

        @AfterEach
        void close() throws Exception {
            database.close();
        }

        private Optional<User> user(String name) {
            return users.create(name, name, name + "@x", true, null, NOW);
        }

        private Optional<Namespace> group(String path) {
            return namespaces.create(new Namespace.Draft(null, path, path, null, Visibility.PRIVATE, root.id()), NOW);
        }

        private Optional<Project> project(String path) {
            return projects.create(
                    new Project.Draft(own, path, path, null, Visibility.PRIVATE, "main", root.id()), NOW);
        }

        /** How many of these got something. */
        private static <T> long got(List<Callable<Optional<T>>> tasks) throws Exception {
            return Together.all(tasks).stream().filter(Optional::isPresent).count();
        }

        private static <T> List<Callable<Optional<T>>> rivals(Callable<Optional<T>> task) {
            List<Callable<Optional<T>>> all = new ArrayList<>();
            for (int i = 0; i < RIVALS; i++) {
                all.add(task);
            }
            return all;
        }

        @Test
        void aUserNameIsOnePersons() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                String name = "person" + i;
                assertThat(got(rivals(() -> user(name)))).isEqualTo(1);
            }
        }

        /** Names of people and paths of groups are kept in two tables. */
        @Test
        void aPathIsAPersonsOrAGroups() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                String name = "either" + i;
                List<Callable<Boolean>> both =
                        List.of(() -> user(name).isPresent(), () -> group(name).isPresent());
                assertThat(Together.all(both)).containsExactlyInAnyOrder(true, false);
            }
        }

        /** Nor does a constraint keep a project and a sub-group of one path apart. */
        @Test
        void aPathIsAProjectsOrASubgroups() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                Namespace parent = group("parent" + i).orElseThrow();
                List<Callable<Boolean>> both = List.of(
                        () -> namespaces
                                .create(
                                        new Namespace.Draft(parent.id(), "x", "x", null, Visibility.PRIVATE, root.id()),
                                        NOW)
                                .isPresent(),
                        () -> projects.create(
                                        new Project.Draft(
                                                parent.id(), "x", "x", null, Visibility.PRIVATE, "main", root.id()),
                                        NOW)
                                .isPresent());
                assertThat(Together.all(both)).containsExactlyInAnyOrder(true, false);
            }
        }

        @Test
        void aProjectsPathIsOneProjects() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                String path = "project" + i;
                assertThat(got(rivals(() -> project(path)))).isEqualTo(1);
            }
        }

        @Test
        void anAgentHasTwoActiveTokens() throws Exception {
            AgentTokenQueries tokens = new AgentTokenQueries(database);
            Project project = project("agents").orElseThrow();
            AtomicInteger number = new AtomicInteger();
            for (int i = 0; i < ROUNDS; i++) {
                Agent agent = new AgentQueries(database)
                        .create(project.id(), "agent" + i, root.id(), NOW)
                        .orElseThrow();
                assertThat(got(rivals(() -> tokens.create(
                                new AgentToken.Draft(agent.id(), "t", null, root.id()),
                                "digest" + number.incrementAndGet(),
                                NOW))))
                        .isEqualTo(2);
                assertThat(tokens.active(agent.id())).hasSize(2);
            }
        }

        @Test
        void ofTwoOwnersWhoLeaveOneStays() throws Exception {
            MemberQueries members = new MemberQueries(database, InstantSource.fixed(NOW));
            User other = user("other").orElseThrow();
            for (int i = 0; i < ROUNDS; i++) {
                Membership.InGroup where =
                        new Membership.InGroup(group("owned" + i).orElseThrow().id());
                members.add(where, other.id(), Role.OWNER, null);
                List<Callable<Boolean>> both = List.of(
                        () -> leaves(() -> members.removeUnlessLastOwner(where, root.id())),
                        () -> leaves(() -> members.change(where, other.id(), Role.GUEST, null)
                                .isPresent()));
                assertThat(Together.all(both)).containsExactlyInAnyOrder(true, false);
            }
        }

        private static boolean leaves(Callable<Boolean> leaving) throws Exception {
            try {
                return leaving.call();
            } catch (MemberQueries.LastOwner e) {
                return false;
            }
        }

        @Test
        void ofTwoAdministratorsWhoBlockEachOtherOneStays() throws Exception {
            User other = user("second").orElseThrow();
            for (int i = 0; i < ROUNDS; i++) {
                List<Callable<Boolean>> both = List.of(() -> blocks(root.id()), () -> blocks(other.id()));
                assertThat(Together.all(both)).containsExactlyInAnyOrder(true, false);
                users.turn(root.id(), User.State.ACTIVE);
                users.turn(other.id(), User.State.ACTIVE);
            }
        }

        private boolean blocks(long id) {
            try {
                users.turn(id, User.State.BLOCKED);
                return true;
            } catch (UserQueries.LastAdministrator e) {
                return false;
            }
        }

        @Test
        void aTokenIsRotatedOnce() throws Exception {
            TokenQueries tokens = new TokenQueries(database);
            PersonalAccessToken.Draft draft =
                    new PersonalAccessToken.Draft(root.id(), "t", null, EnumSet.of(Scope.API), null);
            AtomicInteger number = new AtomicInteger();
            for (int i = 0; i < ROUNDS; i++) {
                PersonalAccessToken old = tokens.create(draft, "first" + i, NOW);
                assertThat(got(rivals(() -> tokens.rotate(old, draft, "next" + number.incrementAndGet(), NOW))))
                        .isEqualTo(1);
            }
        }

        /** Keys of people and keys of machines are kept in two tables as well. */
        @Test
        void aKeyIsAPersonsOrAMachines() throws Exception {
            KeyQueries keys = new KeyQueries(database, InstantSource.fixed(NOW));
            Project project = project("keys").orElseThrow();
            for (int i = 0; i < ROUNDS; i++) {
                SshPublicKey key = key(i);
                List<Callable<Boolean>> both = List.of(
                        () -> keys.addUserKey(root.id(), "mine", key, null).isPresent(),
                        () -> keys.addDeployKey(project.id(), "machine", key, false, null)
                                .isPresent());
                assertThat(Together.all(both)).containsExactlyInAnyOrder(true, false);
            }
        }

        private static SshPublicKey key(int number) {
            byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer bytes = ByteBuffer.allocate(4 + type.length + 4 + 32);
            bytes.putInt(type.length).put(type).putInt(32).putInt(number);
            return SshPublicKey.parse("ssh-ed25519 " + Base64.getEncoder().encodeToString(bytes.array()))
                    .orElseThrow();
        }

        @Test
        void oneOfTwoFirstBranchesBecomesTheDefaultOne() throws Exception {
            for (int i = 0; i < ROUNDS; i++) {
                Project project = project("branches" + i).orElseThrow();
                // Guarded by the database's own order of writes: the one whose write counts runs last.
                StringBuffer head = new StringBuffer();
                List<Callable<Boolean>> both = new ArrayList<>();
                for (String branch : List.of("left", "right")) {
                    both.add(() -> {
                        projects.adoptDefaultBranch(project.id(), "main", branch, () -> {
                            head.setLength(0);
                            head.append(branch);
                        });
                        return true;
                    });
                }
                Together.all(both);
                assertThat(projects.byId(project.id()).orElseThrow().defaultBranch())
                        .isEqualTo(head.toString());
            }
        }
    }
}
