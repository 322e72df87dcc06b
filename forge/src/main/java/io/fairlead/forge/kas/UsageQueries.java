package io.fairlead.forge.kas;

import io.fairlead.forge.database.Database;
import java.util.Map;
import java.util.TreeMap;

/** Totals of what kas reports, in the database. */
public final class UsageQueries {
    private final Database database;

    public UsageQueries(Database database) {
        this.database = database;
    }

    /** Adds to the totals, all or none. */
    public void add(Map<String, Long> increments) {
        if (increments.isEmpty()) {
            return;
        }
        database.write(handle -> {
            for (Map.Entry<String, Long> increment : increments.entrySet()) {
                handle.createUpdate("""
                                insert into usage_counters (name, total) values (:name, :add)
                                on conflict (name) do update set total = usage_counters.total + excluded.total""")
                        .bind("name", increment.getKey())
                        .bind("add", increment.getValue())
                        .execute();
            }
            return increments.size();
        });
    }

    public Map<String, Long> totals() {
        return database.read(handle -> {
            Map<String, Long> totals = new TreeMap<>();
            handle.createQuery("select name, total from usage_counters")
                    .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                    .forEach(entry -> totals.put(entry.getKey(), entry.getValue()));
            return totals;
        });
    }
}
