package io.fairlead.forge.repository;

import java.time.Instant;
import org.eclipse.jgit.lib.Repository;

/** A project's repository, opened for one request and closed after it. */
public final class OpenRepository implements AutoCloseable {
    private final Repository repository;

    OpenRepository(Repository repository) {
        this.repository = repository;
    }

    public RefReader refs() {
        return new RefReader(repository);
    }

    public HistoryReader history() {
        return new HistoryReader(repository);
    }

    public FileReader files() {
        return new FileReader(repository);
    }

    public DiffReader diffs() {
        return new DiffReader(repository);
    }

    public Archive archive() {
        return new Archive(repository);
    }

    /** @param now the time of what is written */
    public CommitWriter writer(Instant now) {
        return new CommitWriter(repository, now);
    }

    @Override
    public void close() {
        repository.close();
    }
}
