package io.fairlead.forge.instance;

import io.fairlead.forge.database.Database;
import java.time.Instant;
import java.util.Optional;

/** To which data folder the database belongs. */
public final class InstallationQueries {
    private final Database database;

    public InstallationQueries(Database database) {
        this.database = database;
    }

    Optional<String> id() {
        return database.read(handle -> handle.createQuery("select id from installation")
                .mapTo(String.class)
                .findFirst());
    }

    /** Gives the database to a folder; nothing changes when it has one. */
    void adopt(String id, Instant now) {
        database.write(handle -> handle.createUpdate("""
                        insert into installation (id, created_at)
                        select :id, :now where not exists (select 1 from installation)""")
                .bind("id", id)
                .bind("now", now.toEpochMilli())
                .execute());
    }
}
