package io.fairlead.forge.instance;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Holds database and data folder together. Repositories are named by the ids of projects and values are sealed with the
 * folder's key: with another folder's database, people would find the code of others under their projects. So both bear the
 * same random name, given at the first start, and a pair that does not match is refused before anything is read.
 */
public final class Installation implements Stage {
    private static final int NAME_BYTES = 16;

    private final DataFolder folder;
    private final InstallationQueries queries;
    private final boolean embedded;
    private final RandomIds random;
    private final InstantSource clock;

    /** @param embedded whether the database is a file in the folder, so that a folder without a name may have one already */
    public Installation(
            DataFolder folder, InstallationQueries queries, boolean embedded, RandomIds random, InstantSource clock) {
        this.folder = folder;
        this.queries = queries;
        this.embedded = embedded;
        this.random = random;
        this.clock = clock;
    }

    /** @throws FairleadException {@code data.other-database} or {@code data.other-folder} */
    @Override
    public void start() throws IOException {
        Optional<String> database = queries.id();
        Optional<String> here = folder.installation();
        if (database.isPresent() && here.isPresent() && !database.equals(here)) {
            throw otherDatabase();
        }
        if (database.isEmpty()) {
            if (!embedded && folder.used()) {
                throw otherDatabase();
            }
            // The folder first: cut short, the next start finds a folder that was not used yet, and goes on.
            String name = here.isPresent() ? here.get() : folder.name(random.urlSafe(NAME_BYTES));
            queries.adopt(name, clock.instant());
        } else if (here.isEmpty()) {
            if (!embedded) {
                throw new FairleadException(
                        "data.other-folder",
                        "the database belongs to another data folder, which has its repositories and keys, than "
                                + folder + "; name that folder by --data-dir, or another database");
            }
            folder.name(database.get());
        }
    }

    private FairleadException otherDatabase() {
        return new FairleadException(
                "data.other-database",
                "the data folder " + folder + " has the repositories of another database than the one configured;"
                        + " configure that one, or name an empty folder by --data-dir");
    }

    @Override
    public void close() {}
}
