package io.fairlead.forge.variable;

import io.fairlead.forge.database.Database;
import io.fairlead.forge.secret.SecretBox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;

/** Variables in the database, their values sealed. */
public final class VariableQueries {
    private final Database database;
    private final SecretBox box;

    public VariableQueries(Database database, SecretBox box) {
        this.database = database;
        this.box = box;
    }

    /** Adds a variable; nothing when there is one with this key and scope. */
    public Optional<Variable> add(VariableOwner owner, Variable variable) {
        return database.write(
                handle -> bind(handle.createQuery("insert into ci_variables (" + owner.column() + """
                                , variable_key, environment_scope, sealed_value, variable_type, masked, hidden,
                                  protected_only, raw, description)
                                values (:owner, :key, :scope, :value, :type, :masked, :hidden, :protected, :raw,
                                  :description)
                                on conflict do nothing returning *"""), owner, variable)
                        .map((row, context) -> variable(owner, row))
                        .findOne());
    }

    /** Puts {@code after} in the place of the variable with this scope; nothing when another one has its new scope. */
    public Optional<Variable> change(VariableOwner owner, String scope, Variable after) {
        return database.write(handle -> {
            boolean taken = !after.scope().equals(scope)
                    && handle.createQuery("select count(*) from ci_variables where " + owner.column() + """
                                             = :owner and variable_key = :key and environment_scope = :scope""")
                                    .bind("owner", owner.id())
                                    .bind("key", after.key())
                                    .bind("scope", after.scope())
                                    .mapTo(Long.class)
                                    .one()
                            > 0;
            return taken
                    ? Optional.empty()
                    : bind(handle.createQuery("""
                                            update ci_variables set environment_scope = :scope, sealed_value = :value,
                                              variable_type = :type, masked = :masked, hidden = :hidden,
                                              protected_only = :protected, raw = :raw, description = :description
                                            where \
                                            """ + owner.column() + """
                                             = :owner and variable_key = :key and environment_scope = :before
                                            returning *"""), owner, after)
                            .bind("before", scope)
                            .map((row, context) -> variable(owner, row))
                            .findOne();
        });
    }

    public void delete(VariableOwner owner, String key, String scope) {
        database.write(handle -> handle.createUpdate("delete from ci_variables where " + owner.column() + """
                         = :owner and variable_key = :key and environment_scope = :scope""")
                .bind("owner", owner.id())
                .bind("key", key)
                .bind("scope", scope)
                .execute());
    }

    /** Those with this key, one for each scope. */
    public List<Variable> named(VariableOwner owner, String key) {
        return database.read(handle -> handle.createQuery("select * from ci_variables where " + owner.column()
                        + " = :owner and variable_key = :key order by id")
                .bind("owner", owner.id())
                .bind("key", key)
                .map((row, context) -> variable(owner, row))
                .list());
    }

    /** A part of all, oldest first. */
    public List<Variable> list(VariableOwner owner, long offset, int limit) {
        return database.read(handle -> handle.createQuery("select * from ci_variables where " + owner.column()
                        + " = :owner order by id limit :limit offset :offset")
                .bind("owner", owner.id())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> variable(owner, row))
                .list());
    }

    public long count(VariableOwner owner) {
        return database.read(
                handle -> handle.createQuery("select count(*) from ci_variables where " + owner.column() + " = :owner")
                        .bind("owner", owner.id())
                        .mapTo(Long.class)
                        .one());
    }

    private <S extends SqlStatement<S>> S bind(S statement, VariableOwner owner, Variable variable) {
        return statement
                .bind("owner", owner.id())
                .bind("key", variable.key())
                .bind("scope", variable.scope())
                .bind("value", box.seal(place(owner, variable.key()), variable.value()))
                .bind("type", variable.type().text())
                .bind("masked", variable.masked() ? 1 : 0)
                .bind("hidden", variable.hidden() ? 1 : 0)
                .bind("protected", variable.protectedOnly() ? 1 : 0)
                .bind("raw", variable.raw() ? 1 : 0)
                .bind("description", variable.description());
    }

    private Variable variable(VariableOwner owner, ResultSet row) throws SQLException {
        String key = row.getString("variable_key");
        return new Variable(
                key,
                box.open(place(owner, key), row.getString("sealed_value")),
                Variable.Type.valueOf(row.getString("variable_type").toUpperCase(Locale.ROOT)),
                row.getString("environment_scope"),
                row.getInt("masked") == 1,
                row.getInt("hidden") == 1,
                row.getInt("protected_only") == 1,
                row.getInt("raw") == 1,
                row.getString("description"));
    }

    private static String place(VariableOwner owner, String key) {
        return "variable " + key + " of " + owner.column() + " " + owner.id();
    }
}
