package io.fairlead.store.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.member.MemberQueries;
import io.fairlead.forge.member.Membership;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.GroupFilter;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectFilter;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.store.TestDatabase;
import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random trees of groups with members and shares: what the database says of everybody's role, and of what they see, is what
 * the rules say when they are followed by hand.
 */
class RolesTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-06-01");
    private static final int PEOPLE = 4;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void theDatabaseFollowsTheRules(TestDatabase kind) {
        Property.holds(kind == TestDatabase.SQLITE ? 40 : 6, any -> {
            try (TestDatabase.Opened database = kind.open(folder, InstantSource.fixed(NOW))) {
                new World(database, any).check();
            }
        });
    }

    private record Grant(long userId, Role role, @Nullable LocalDate expires) {}

    private record Link(long groupId, Role most, @Nullable LocalDate expires) {}

    /** A tree made by chance, in the database and in maps. */
    private static final class World {
        private final RandomCase any;
        private final NamespaceQueries namespaces;
        private final ProjectQueries projects;
        private final RoleQueries roles;
        private final List<Long> people = new ArrayList<>();
        private final List<Namespace> groups = new ArrayList<>();
        private final List<Project> projectList = new ArrayList<>();
        private final Map<Long, List<Grant>> groupMembers = new HashMap<>();
        private final Map<Long, List<Grant>> projectMembers = new HashMap<>();
        private final Map<Long, List<Link>> groupShares = new HashMap<>();
        private final Map<Long, List<Link>> projectShares = new HashMap<>();

        World(Database database, RandomCase any) {
            this.any = any;
            InstantSource clock = InstantSource.fixed(NOW);
            namespaces = new NamespaceQueries(database);
            projects = new ProjectQueries(database);
            roles = new RoleQueries(database, clock);
            UserQueries users = new UserQueries(database);
            MemberQueries members = new MemberQueries(database, clock);
            ShareQueries shares = new ShareQueries(database, clock);
            for (int i = 0; i < PEOPLE; i++) {
                people.add(users.create("u" + i, "U", "u" + i + "@x", false, null, NOW)
                        .orElseThrow()
                        .id());
            }
            for (int i = any.integer(1, 6); i > 0; i--) {
                Long parent =
                        groups.isEmpty() || any.bool() ? null : any.of(groups).id();
                Namespace group = namespaces
                        .create(
                                new Namespace.Draft(
                                        parent, "g", "g" + i, null, any.of(Visibility.values()), people.getFirst()),
                                NOW)
                        .orElseThrow();
                groups.add(group);
                members.remove(new Membership.InGroup(group.id()), people.getFirst());
                groupMembers.put(group.id(), new ArrayList<>());
                groupShares.put(group.id(), new ArrayList<>());
            }
            for (int i = any.integer(1, 5); i > 0; i--) {
                long where = any.integer(0, 3) == 0
                        ? namespaces.ofUser(any.of(people)).orElseThrow().id()
                        : any.of(groups).id();
                Project project = projects.create(
                                new Project.Draft(
                                        where,
                                        "p",
                                        "p" + i,
                                        null,
                                        any.of(Visibility.values()),
                                        "main",
                                        people.getFirst()),
                                NOW)
                        .orElseThrow();
                projectList.add(project);
                projectMembers.put(project.id(), new ArrayList<>());
                projectShares.put(project.id(), new ArrayList<>());
            }
            for (int i = any.integer(0, 8); i > 0; i--) {
                Grant grant = new Grant(any.of(people), any.of(Role.values()), day());
                boolean inGroup = any.bool();
                Membership where = inGroup
                        ? new Membership.InGroup(any.of(groups).id())
                        : new Membership.InProject(any.of(projectList).id());
                if (members.add(where, grant.userId, grant.role, grant.expires).isPresent()) {
                    List<Grant> kept = (inGroup ? groupMembers : projectMembers).get(where.id());
                    kept.removeIf(old -> old.userId == grant.userId);
                    kept.add(grant);
                }
            }
            for (int i = any.integer(0, 6); i > 0; i--) {
                Link link = new Link(any.of(groups).id(), any.of(Role.values()), day());
                boolean ofGroup = any.bool();
                Membership where = ofGroup
                        ? new Membership.InGroup(any.of(groups).id())
                        : new Membership.InProject(any.of(projectList).id());
                if (shares.add(where, link.groupId, link.most, link.expires)) {
                    List<Link> kept = (ofGroup ? groupShares : projectShares).get(where.id());
                    kept.removeIf(old -> old.groupId == link.groupId);
                    kept.add(link);
                }
            }
        }

        private @Nullable LocalDate day() {
            return any.of(List.of(0, 0, 0, 1, 2, 3)) == 0 ? null : TODAY.plusDays(any.integer(-1, 1));
        }

        private static boolean alive(@Nullable LocalDate expires) {
            return expires == null || expires.isAfter(TODAY);
        }

        private Stream<Namespace> line(long namespaceId) {
            return namespaces.withAncestors(namespaceId).stream();
        }

        /** Members of a group and of those above it. */
        private Stream<Role> byMembership(long groupId, long userId) {
            return line(groupId)
                    .flatMap(group -> groupMembers.getOrDefault(group.id(), List.of()).stream())
                    .filter(grant -> grant.userId == userId && alive(grant.expires))
                    .map(Grant::role);
        }

        private Stream<Role> byShares(List<Link> links, long userId) {
            return links.stream()
                    .filter(link -> alive(link.expires))
                    .flatMap(link ->
                            byMembership(link.groupId, userId).map(role -> role.atLeast(link.most) ? link.most : role));
        }

        private Optional<Role> inGroup(long groupId, long userId) {
            Stream<Role> own = line(groupId)
                    .filter(namespace -> Long.valueOf(userId).equals(namespace.ownerId()))
                    .map(namespace -> Role.OWNER);
            Stream<Role> shared =
                    line(groupId).flatMap(group -> byShares(groupShares.getOrDefault(group.id(), List.of()), userId));
            return highest(Stream.of(byMembership(groupId, userId), shared, own).flatMap(part -> part));
        }

        private Optional<Role> directly(Project project, long userId) {
            Stream<Role> member = projectMembers.get(project.id()).stream()
                    .filter(grant -> grant.userId == userId && alive(grant.expires))
                    .map(Grant::role);
            return highest(Stream.concat(member, byShares(projectShares.get(project.id()), userId)));
        }

        private Optional<Role> inProject(Project project, long userId) {
            return highest(Stream.concat(
                    directly(project, userId).stream(),
                    inGroup(project.namespace().id(), userId).stream()));
        }

        private static Optional<Role> highest(Stream<Role> held) {
            return held.max(Role::compareTo);
        }

        private boolean below(Namespace group, long userId) {
            return groups.stream()
                            .filter(other -> line(other.id()).anyMatch(above -> above.id() == group.id()))
                            .anyMatch(other -> inGroup(other.id(), userId).isPresent())
                    || projectList.stream()
                            .filter(project ->
                                    line(project.namespace().id()).anyMatch(above -> above.id() == group.id()))
                            .anyMatch(project -> directly(project, userId).isPresent());
        }

        void check() {
            for (long userId : people) {
                TreeSet<Long> seenProjects = new TreeSet<>();
                TreeSet<Long> maintained = new TreeSet<>();
                for (Project project : projectList) {
                    Optional<Role> expected = inProject(project, userId);
                    assertThat(roles.inProject(userId, project.id())).isEqualTo(expected);
                    assertThat(roles.directlyInProject(userId, project.id())).isEqualTo(directly(project, userId));
                    if (expected.isPresent() || project.visibility() != Visibility.PRIVATE) {
                        seenProjects.add(project.id());
                    }
                    if (expected.filter(role -> role.atLeast(Role.MAINTAINER)).isPresent()) {
                        maintained.add(project.id());
                    }
                }
                assertThat(listed(userId, Optional.empty())).isEqualTo(seenProjects);
                assertThat(listed(userId, Optional.of(Role.MAINTAINER))).isEqualTo(maintained);
                TreeSet<Long> seenGroups = new TreeSet<>();
                for (Namespace group : groups) {
                    assertThat(roles.inGroup(userId, group.id())).isEqualTo(inGroup(group.id(), userId));
                    boolean below = below(group, userId);
                    assertThat(roles.belowGroup(userId, group.id())).isEqualTo(below);
                    if (below || group.visibility() != Visibility.PRIVATE) {
                        seenGroups.add(group.id());
                    }
                }
                GroupFilter all = GroupFilter.of(userId, false, TODAY);
                assertThat(namespaces.groups(all, 0, 100))
                        .extracting(Namespace::id)
                        .containsExactlyInAnyOrderElementsOf(seenGroups);
                assertThat(namespaces.countGroups(all)).isEqualTo(seenGroups.size());
            }
        }

        private TreeSet<Long> listed(long userId, Optional<Role> least) {
            ProjectFilter filter = new ProjectFilter(
                    userId, false, least, false, OptionalLong.empty(), false, Optional.empty(), "", TODAY);
            TreeSet<Long> ids = new TreeSet<>();
            projects.list(filter, 0, 100).forEach(project -> ids.add(project.id()));
            assertThat(projects.count(filter)).isEqualTo(ids.size());
            return ids;
        }
    }
}
