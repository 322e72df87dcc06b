package io.fairlead.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/**
 * The statements of one connection that were used last, prepared. SQLite works longer on reading the text of a question about
 * roles than on answering it, and its driver keeps none.
 *
 * <p>A statement that is in use is not among them, so the same text can be asked again within its own answer.
 */
final class KeptStatements extends DefaultStatementBuilder {
    /** More than the texts that the forge asks often. */
    private static final int KEPT_MAX = 128;

    private final SequencedMap<String, PreparedStatement> unused = new LinkedHashMap<>();
    /** By the text they were prepared from. At the end Jdbi tells another one, in which parameters still have their names. */
    private final Map<Statement, String> used = new IdentityHashMap<>();

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        // The driver gives such a statement other powers than the text tells.
        if (context.isReturningGeneratedKeys() || context.isConcurrentUpdatable()) {
            return super.create(connection, sql, context);
        }
        PreparedStatement kept = unused.remove(sql);
        PreparedStatement statement = kept == null ? connection.prepareStatement(sql) : kept;
        used.put(statement, sql);
        return statement;
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        String text = used.remove(statement);
        if (text == null
                || !(statement instanceof PreparedStatement prepared)
                || !(statement instanceof CoreStatement inner)
                || unused.containsKey(text)
                || statement.isClosed()) {
            statement.close();
            return;
        }
        // A half-read answer would keep the connection in its transaction.
        inner.pointer.safeRunInt(DB::reset);
        prepared.clearBatch();
        prepared.clearParameters();
        if (unused.size() == KEPT_MAX) {
            Objects.requireNonNull(unused.pollFirstEntry()).getValue().close();
        }
        unused.put(text, prepared);
    }
}
