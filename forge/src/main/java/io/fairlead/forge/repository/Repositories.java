package io.fairlead.forge.repository;

import io.fairlead.base.digest.Sha256;
import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.storage.file.FileBasedConfig;

/**
 * Repositories as bare folders under one root, found by the project's id alone: renaming a project moves nothing.
 *
 * <p>The layout is GitLab's: {@code @hashed/aa/bb/<SHA-256 of the id>.git}. A repository comes into being by a rename of a
 * finished folder, and leaves by a rename into {@code +trash}, so that a crash leaves it whole or absent.
 */
public final class Repositories {
    private static final String TRASH = "+trash";
    private static final Pattern RELATIVE = Pattern.compile("@hashed/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}\\.git");

    private final Path root;
    private final WriteGate gate = new WriteGate();

    /** The time in which one writes to a repository, or is alone with it; closed by the thread that took it. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    public Repositories(Path root) {
        this.root = root;
    }

    /** Removes what a crash left behind. Call once, before anything is opened. */
    public void start() throws IOException {
        IsolatedGit.install();
        Files.createDirectories(root);
        removeTree(root.resolve(TRASH));
    }

    /** Where a project's repository is, relative to the root; Gitaly's {@code relative_path}. */
    public static String relativePath(long projectId) {
        String hex = Sha256.of(Long.toString(projectId));
        return "@hashed/" + hex.substring(0, 2) + "/" + hex.substring(2, 4) + "/" + hex + ".git";
    }

    /** Makes the repository unless it is there. */
    public void ensure(long projectId, String defaultBranch) {
        Path folder = folder(projectId);
        if (Files.isDirectory(folder)) {
            return;
        }
        Path trash = root.resolve(TRASH);
        try {
            Files.createDirectories(trash);
            Files.createDirectories(folder.getParent());
            Path draft = Files.createTempDirectory(trash, "new-");
            initialise(draft, defaultBranch);
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Another request may have made it meanwhile; the rename onto a folder with content fails.
            if (!Files.isDirectory(folder)) {
                throw new FairleadException("repository.create-failed", "no repository could be made in " + root, e);
            }
        }
    }

    /** Opens a project's repository, making it when a crash lost it. The caller closes it. */
    public Repository open(long projectId, String defaultBranch) {
        ensure(projectId, defaultBranch);
        try {
            return openFolder(folder(projectId));
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.open-failed", "the repository of project " + projectId + " could not be opened", e);
        }
    }

    /**
     * Must be held from before objects are looked for or written until references lead to them, so that none is deleted
     * meanwhile; many hold it at once.
     */
    public Turn writing(long projectId) {
        return gate.shared(projectId);
    }

    /** The time without anybody who writes; nothing when they did not end within {@code waitMax}. */
    Optional<Turn> alone(long projectId, Duration waitMax) throws InterruptedException {
        return gate.alone(projectId, waitMax);
    }

    /** Where a project's repository is, when it is there. */
    Optional<Path> existing(long projectId) {
        return Optional.of(folder(projectId)).filter(Files::isDirectory);
    }

    /** Opens a project's repository for those who do not speak JGit. The caller closes it. */
    public OpenRepository read(long projectId, String defaultBranch) {
        return new OpenRepository(open(projectId, defaultBranch));
    }

    /**
     * Opens the repository at a path that {@link #relativePath} gave out; nothing for any other path, so that no path
     * leads out of the root.
     */
    public Optional<Repository> openRelative(String relativePath) {
        if (!RELATIVE.matcher(relativePath).matches()) {
            return Optional.empty();
        }
        Path folder = root.resolve(relativePath);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            return Optional.of(openFolder(folder));
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.open-failed", "the repository " + relativePath + " could not be opened", e);
        }
    }

    /**
     * A file at the tip of a project's branch; nothing when the branch or the file is not there.
     *
     * @throws FairleadException {@code repository.too-large} when the file has more than {@code bytesMax} bytes
     */
    public Optional<byte[]> file(long projectId, String branch, String path, int bytesMax) {
        try (Repository repository = open(projectId, branch)) {
            return RepositoryFiles.atBranch(repository, branch, path, bytesMax);
        }
    }

    /** Whether the repository has no branch and no tag. */
    public boolean empty(long projectId, String defaultBranch) {
        // Asked about each project that is shown: opening its repository costs as much as all the rest of that answer.
        if (Files.isRegularFile(folder(projectId).resolve(Constants.R_HEADS).resolve(defaultBranch))) {
            return false;
        }
        try (Repository repository = open(projectId, defaultBranch)) {
            return repository.getRefDatabase().getRefsByPrefix(Constants.R_REFS).isEmpty();
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the references of project " + projectId + " could not be read", e);
        }
    }

    /** Whether there is such a branch. */
    public boolean hasBranch(long projectId, String defaultBranch, String branch) {
        try (Repository repository = open(projectId, defaultBranch)) {
            return repository.exactRef(Constants.R_HEADS + branch) != null;
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.read-failed", "the references of project " + projectId + " could not be read", e);
        }
    }

    /** Makes another branch the one that clones begin with. */
    public void pointHead(long projectId, String branch) {
        try (Repository repository = open(projectId, branch)) {
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + branch);
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.write-failed", "the default branch of project " + projectId + " could not change", e);
        }
    }

    /** Takes the repository out of reach and deletes it. */
    public void delete(long projectId) {
        Path folder = folder(projectId);
        try {
            if (Files.isDirectory(folder)) {
                Path trash = Files.createDirectories(root.resolve(TRASH));
                Path grave = Files.createTempDirectory(trash, "old-");
                Files.move(folder, grave.resolve("repository"), StandardCopyOption.ATOMIC_MOVE);
                removeTree(grave);
            }
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.delete-failed", "the repository of project " + projectId + " could not be deleted", e);
        }
    }

    /** Writes the first commit with a README. */
    public void addReadme(long projectId, String branch, String title, String authorName, String authorEmail) {
        try (Repository repository = open(projectId, branch)) {
            FirstCommit.write(repository, branch, "README.md", "# " + title + "\n", authorName, authorEmail);
        } catch (IOException e) {
            throw new FairleadException(
                    "repository.write-failed", "the first commit of project " + projectId + " failed", e);
        }
    }

    private Path folder(long projectId) {
        return root.resolve(relativePath(projectId));
    }

    static Repository openFolder(Path folder) throws IOException {
        BoundedRepository repository = new BoundedRepository(
                new RepositoryBuilder().setGitDir(folder.toFile()).setBare().setup());
        if (!repository.getObjectDatabase().exists()) {
            repository.close();
            throw new RepositoryNotFoundException(folder.toFile());
        }
        return repository;
    }

    private static void initialise(Path folder, String defaultBranch) throws IOException {
        try (Repository repository =
                new RepositoryBuilder().setGitDir(folder.toFile()).setBare().build()) {
            repository.create(true);
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + defaultBranch);
            FileBasedConfig config = (FileBasedConfig) repository.getConfig();
            config.setBoolean("uploadpack", null, "allowFilter", true);
            config.setBoolean("uploadpack", null, "allowAnySHA1InWant", true);
            config.setBoolean("core", null, "fsyncObjectFiles", true);
            config.setBoolean("core", null, "fsyncRefFiles", true);
            config.setBoolean("core", null, "logAllRefUpdates", false);
            // Only gc of ours deletes objects; a client's push starts none.
            config.setBoolean("receive", null, "autogc", false);
            config.save();
        }
    }

    private static void removeTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
