package io.fairlead.it.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * STOP AND THINK before you change a line here. When this test fails, the new dependency is wrong far more often than the
 * rule: look first for a port on your own side, for a value in the feature's top package, or for the package where the
 * class really belongs. A rule changes only together with ARCHITECTURE.md, in a change of its own that says what the house
 * gains by it. An exception is never added to get a build through.
 */
class ArchitectureTest {
    private static final String HOUSE = "io.fairlead.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.fairlead");

    /** One room and the rooms it may use; itself and libraries always. */
    record Room(String name, Set<String> mayUse) {}

    /** One family of libraries and the packages that may use it. */
    record Guarded(List<String> libraries, List<String> users) {}

    static Stream<Named<Room>> rooms() {
        return Stream.of(
                        new Room("base", Set.of()),
                        new Room("wire", Set.of("base")),
                        new Room("kube", Set.of("base", "wire")),
                        new Room("agentcfg", Set.of("base")),
                        new Room("gitlab", Set.of("base")),
                        new Room("link", Set.of("base", "wire", "kube", "agentcfg", "gitlab")),
                        new Room("forge", Set.of("base", "agentcfg", "gitlab")),
                        new Room("store", Set.of("base", "link", "forge")),
                        new Room("cli", Set.of("base")),
                        new Room("images", Set.of("base")),
                        new Room(
                                "apps",
                                Set.of("base", "wire", "kube", "agentcfg", "gitlab", "link", "forge", "store", "cli")))
                .map(room -> Named.of(room.name(), room));
    }

    static Stream<Named<Guarded>> libraries() {
        return Stream.of(
                Named.of(
                        "Netty",
                        new Guarded(List.of("io.netty.."), List.of("io.fairlead.wire..", "io.fairlead.testing.."))),
                Named.of(
                        "gRPC",
                        new Guarded(
                                List.of("io.grpc.."),
                                List.of("io.fairlead.wire..", "io.fairlead.link..", "io.fairlead.gitlab.."))),
                Named.of(
                        "JGit",
                        new Guarded(
                                List.of("org.eclipse.jgit.."),
                                List.of("io.fairlead.forge.git..", "io.fairlead.forge.repository.."))),
                Named.of("MINA SSHD", new Guarded(List.of("org.apache.sshd.."), List.of("io.fairlead.forge.ssh.."))),
                Named.of("Lettuce", new Guarded(List.of("io.lettuce.."), List.of("io.fairlead.store.."))),
                Named.of("SQLite", new Guarded(List.of("org.sqlite.."), List.of("io.fairlead.store.sqlite.."))),
                Named.of(
                        "PostgreSQL",
                        new Guarded(
                                List.of("org.postgresql..", "com.zaxxer.hikari.."),
                                List.of("io.fairlead.store.postgresql.."))),
                Named.of("Jetty", new Guarded(List.of("org.eclipse.jetty.."), List.of("io.fairlead.forge.http.."))),
                Named.of(
                        "Bouncy Castle", new Guarded(List.of("org.bouncycastle.."), List.of("io.fairlead.wire.tls.."))),
                Named.of("Nimbus JOSE", new Guarded(List.of("com.nimbusds.."), List.of("io.fairlead.gitlab.jwt.."))),
                Named.of("Jib", new Guarded(List.of("com.google.cloud.tools.jib.."), List.of("io.fairlead.images.."))),
                Named.of(
                        "picocli",
                        new Guarded(
                                List.of("picocli.."),
                                List.of(
                                        "io.fairlead.cli..",
                                        "io.fairlead.apps..",
                                        "io.fairlead.images..",
                                        "io.fairlead.bench.."))));
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void usesOnlyTheRoomsBelowIt(Room room) {
        classes()
                .that()
                .resideInAPackage(packagesOf(room.name()))
                .should(dependOnlyOnRooms(room))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /** A new top package must take its place among the rooms above, else no rule would see it. */
    @Test
    void knowsEveryRoom() {
        Set<String> known = rooms().map(room -> room.getPayload().name()).collect(Collectors.toSet());
        assertThat(CLASSES.stream().map(ArchitectureTest::room).distinct())
                .isSubsetOf(Stream.concat(known.stream(), Stream.of("testing", "it", "bench"))
                        .toList());
    }

    @Test
    void keepsTheAgentSideAndTheKasSideApart() {
        noClasses()
                .that()
                .resideInAPackage("io.fairlead.link..agent..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fairlead.link..kas..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.fairlead.link..kas..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fairlead.link..agent..")
                .check(CLASSES);
    }

    /** What both sides share must not lean on either of them. */
    @Test
    void keepsSharedValuesFreeOfTheSides() {
        noClasses()
                .that()
                .resideInAPackage("io.fairlead.link..")
                .and()
                .resideOutsideOfPackages("..agent..", "..kas..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fairlead.link..agent..", "io.fairlead.link..kas..")
                .check(CLASSES);
    }

    /** agentk never speaks to the GitLab side, so its class path does not hold that contract. */
    @Test
    void speaksToTheGitLabSideFromKasOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.fairlead.link..")
                .and()
                .resideOutsideOfPackage("..kas..")
                // What GitLab says about an agent, and that rights changed, is shared by kas-side features; agentk
                // never loads it.
                .and(not(simpleName("AgentInfo")))
                .and(not(simpleName("AccessListener")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fairlead.gitlab..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.fairlead.apps.agentk..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.fairlead.gitlab..",
                        "io.fairlead.forge..",
                        "io.fairlead.store..",
                        "io.fairlead.link..kas.."))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void showsOtherFeaturesOnlyTheTopPackage() {
        classes()
                .that()
                .resideInAPackage("io.fairlead.link.*..")
                .should(seeOnlyTopPackagesOfOtherFeatures())
                .check(CLASSES);
    }

    @Test
    void hasNoCycles() {
        for (String room : List.of("base", "wire", "kube", "agentcfg", "gitlab", "link", "forge", "store", "cli")) {
            slices().matching(HOUSE + room + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void usesALibraryOnlyInItsPlace(Guarded guarded) {
        noClasses()
                .that(not(resideInAnyPackage(guarded.users().toArray(String[]::new)))
                        .and(notInADataPath(guarded)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(guarded.libraries().toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void keepsSqlInQueriesAndInTheStore() {
        noClasses()
                .that(not(resideInAPackage("io.fairlead.store.."))
                        .and(not(simpleNameEndingWith("Queries")))
                        .and(not(resideInAPackage("io.fairlead.forge.database..")))
                        .and(describe(
                                "and no class inside one of those",
                                type -> !type.getName().contains("Queries$"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void takesTimeChanceAndEnvironmentFromOutside() {
        classes()
                .that(not(resideInAnyPackage(
                        "io.fairlead.base..",
                        "io.fairlead.apps..",
                        "io.fairlead.testing..",
                        "io.fairlead.images..",
                        "io.fairlead.bench..",
                        "io.fairlead.it..")))
                .should(notAskTheMachine())
                .check(CLASSES);
    }

    /** What runs on event loops: one call that waits there stops every connection of its loop. */
    @Test
    void neverWaitsOnTheDataPath() {
        classes()
                .that(resideInAnyPackage(
                                "io.fairlead.wire.grpc..",
                                "io.fairlead.wire.http..",
                                "io.fairlead.wire.loop..",
                                "io.fairlead.link.tunnel..",
                                "io.fairlead.link.routing.kas..",
                                "io.fairlead.link.kubeapi..")
                        // The control plane's door to the HTTP client, named and documented as one that waits.
                        .and(not(simpleName("WholeAnswer"))))
                .should(notWait())
                .check(CLASSES);
    }

    private static String packagesOf(String room) {
        return HOUSE + room + "..";
    }

    private static String room(JavaClass type) {
        return segment(type.getPackageName(), 2);
    }

    private static String segment(String packageName, int index) {
        String[] segments = packageName.split("\\.");
        return index < segments.length ? segments[index] : "";
    }

    /** The tunnel's data path passes Netty's buffers on, so that no byte is copied between wire and link. */
    private static DescribedPredicate<JavaClass> notInADataPath(Guarded guarded) {
        return describe("and no data path", type -> {
            boolean data = resideInAnyPackage(
                            "io.fairlead.link.tunnel..", "io.fairlead.link.routing.kas..", "io.fairlead.link.kubeapi..")
                    .test(type);
            boolean buffersOnly = type.getDirectDependenciesFromSelf().stream()
                    .map(dependency ->
                            dependency.getTargetClass().getBaseComponentType().getPackageName())
                    .filter(target -> target.startsWith("io.netty"))
                    .allMatch(target -> target.equals("io.netty.buffer") || target.equals("io.netty.util"));
            return !(guarded.libraries().contains("io.netty..") && data && buffersOnly);
        });
    }

    private static ArchCondition<JavaClass> dependOnlyOnRooms(Room room) {
        return new ArchCondition<>("use only " + room.mayUse()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency ->
                                dependency.getTargetClass().getPackageName().startsWith(HOUSE))
                        .filter(dependency -> {
                            String target = room(dependency.getTargetClass());
                            return !target.equals(room.name())
                                    && !target.isEmpty()
                                    && !room.mayUse().contains(target);
                        })
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static ArchCondition<JavaClass> seeOnlyTopPackagesOfOtherFeatures() {
        return new ArchCondition<>("see only the top packages of other features") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String feature = segment(type.getPackageName(), 3);
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency ->
                                dependency.getTargetClass().getPackageName().startsWith(HOUSE + "link."))
                        .filter(dependency -> {
                            String target = dependency.getTargetClass().getPackageName();
                            String other = segment(target, 3);
                            // The tunnel is the road that other features travel on: they use it on their own side.
                            String side = segment(target, 4);
                            boolean road = other.equals("tunnel")
                                    && (side.equals("rpc") || side.equals(segment(type.getPackageName(), 4)));
                            return !other.equals(feature) && !target.equals(HOUSE + "link." + other) && !road;
                        })
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    /** Start and end of a stage have a thread of their own and may wait; nothing else here may. */
    private static ArchCondition<JavaClass> notWait() {
        Set<String> waiting = Set.of(
                "java.lang.Object.wait",
                "java.lang.Thread.sleep",
                "java.lang.Thread.join",
                "java.util.concurrent.CountDownLatch.await",
                "java.util.concurrent.Semaphore.acquire",
                "java.util.concurrent.Future.get",
                "java.util.concurrent.CompletableFuture.get",
                "java.util.concurrent.CompletableFuture.join",
                "java.util.concurrent.BlockingQueue.take",
                "java.util.concurrent.BlockingQueue.put",
                "io.fairlead.base.time.Deadline.pause",
                "io.fairlead.base.time.Deadline.await",
                "io.netty.channel.ChannelFuture.await",
                "io.netty.channel.ChannelFuture.sync",
                "io.netty.util.concurrent.Future.get",
                "io.netty.util.concurrent.Future.sync",
                "io.grpc.ManagedChannel.awaitTermination",
                "io.grpc.Server.awaitTermination");
        Set<String> ends = Set.of("start", "close", "stopAccepting", "endRequests", "cut", "cutAll");
        return new ArchCondition<>("wait for nothing") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                // References (Thread::sleep) included: they are calls that happen elsewhere.
                for (JavaAccess<?> call : type.getCodeUnitAccessesFromSelf()) {
                    String target = call.getTargetOwner().getName() + "." + call.getName();
                    boolean reads = call.getTargetOwner().getName().equals("java.nio.file.Files");
                    if ((reads || waiting.contains(target))
                            && !ends.contains(call.getOrigin().getName())) {
                        events.add(SimpleConditionEvent.violated(type, call.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> notAskTheMachine() {
        List<String> forbidden = List.of(
                "java.lang.System.getenv",
                "java.lang.System.getProperty",
                "java.lang.System.currentTimeMillis",
                "java.lang.System.nanoTime",
                "java.lang.System.exit",
                "java.lang.Math.random",
                "java.lang.Thread.<init>",
                "java.lang.Thread.ofPlatform",
                "java.lang.Thread.ofVirtual",
                "java.lang.Thread.sleep",
                "java.lang.Thread.startVirtualThread",
                "java.time.Clock.system",
                "java.time.Instant.now",
                "java.time.LocalDate.now",
                "java.time.LocalDateTime.now",
                "java.time.ZonedDateTime.now",
                "java.time.OffsetDateTime.now",
                // Secrets come from SecureRandom wherever they are made: no test should be able to replay one.
                "java.util.Random.<init>",
                "java.util.concurrent.Executors.",
                "java.util.concurrent.ThreadLocalRandom.",
                "java.util.Timer.<init>",
                "java.util.UUID.randomUUID");
        return new ArchCondition<>("take clock, chance, environment and threads from outside") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                // References (Thread::sleep) included: they are calls that happen elsewhere.
                for (JavaAccess<?> call : type.getCodeUnitAccessesFromSelf()) {
                    String target = call.getTargetOwner().getName() + "." + call.getName();
                    if (forbidden.stream().anyMatch(target::startsWith)) {
                        events.add(SimpleConditionEvent.violated(type, call.getDescription()));
                    }
                }
            }
        };
    }
}
