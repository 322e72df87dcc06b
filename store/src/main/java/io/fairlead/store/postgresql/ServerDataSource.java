package io.fairlead.store.postgresql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections whose every wait is bounded, also when the server's machine is gone without a word. They only read
 * until a transaction says otherwise.
 */
final class ServerDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** For one statement, at the server. */
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(20);

    /** For an answer of any kind; the server's own limit comes first as long as it is alive. */
    private static final Duration SILENCE_MAX = STATEMENT_MAX.plusSeconds(5);

    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /** Of a transaction whose program does nothing, so that it does not hold its locks for ever. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(60);

    private final String username;
    private final transient @Nullable PasswordFile password;

    ServerDataSource(PostgresqlConfig config) {
        username = config.username();
        password = config.passwordFile().map(PasswordFile::new).orElse(null);
        setServerNames(new String[] {config.host()});
        setPortNumbers(new int[] {config.port()});
        setDatabaseName(config.database());
        setApplicationName("fairlead");
        setConnectTimeout((int) CONNECT_MAX.toSeconds());
        setLoginTimeout((int) CONNECT_MAX.multipliedBy(2).toSeconds());
        setSocketTimeout((int) SILENCE_MAX.toSeconds());
        setTcpKeepAlive(true);
        setOptions("-c default_transaction_read_only=on -c statement_timeout=" + STATEMENT_MAX.toMillis()
                + " -c lock_timeout=" + STATEMENT_MAX.toMillis()
                + " -c idle_in_transaction_session_timeout=" + IDLE_MAX.toMillis());
        setSslMode(config.sslMode().text());
        if (config.rootCertificate().isPresent()) {
            setSslRootCert(config.rootCertificate().map(Path::toString).get());
        } else if (config.sslMode().verifies()) {
            setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        PasswordFile file = password;
        return file == null ? getConnection(username, null) : getConnection(username, file.read());
    }
}
