package io.fairlead.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KeptStatementsTest {
    private final List<String> prepared = new ArrayList<>();
    private Connection connection;
    private Handle handle;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        KeptStatements kept = new KeptStatements();
        handle = Jdbi.create(listening(connection))
                .setStatementBuilderFactory(_ -> kept)
                .open();
        handle.execute("create table harbour (name text)");
        prepared.clear();
    }

    @AfterEach
    void close() throws SQLException {
        handle.close();
        connection.close();
    }

    @Test
    void aTextWithNamedParametersIsPreparedOnce() {
        for (String name : List.of("Oslo", "Bergen", "Oslo")) {
            assertThat(named(name)).isEqualTo(name);
        }

        assertThat(prepared).hasSize(1);
    }

    @Test
    void nothingOfAnEarlierQuestionIsLeftInTheNext() {
        handle.createUpdate("insert into harbour (name) values (:name)")
                .bind("name", "Oslo")
                .execute();
        handle.createUpdate("insert into harbour (name) values (:name)")
                .bind("name", "Bergen")
                .execute();
        // Reads the first row alone.
        assertThat(handle.createQuery("select name from harbour order by name")
                        .mapTo(String.class)
                        .findFirst())
                .contains("Bergen");

        assertThat(handle.createQuery("select name from harbour order by name")
                        .mapTo(String.class)
                        .list())
                .containsExactly("Bergen", "Oslo");
        assertThat(prepared).hasSize(2);
    }

    @Test
    void aTextCanBeAskedWithinItsOwnAnswer() {
        String twice = handle.createQuery("select :name")
                .bind("name", "Oslo")
                .mapTo(String.class)
                .map(name -> name + named("Bergen"))
                .one();

        assertThat(twice).isEqualTo("OsloBergen");
    }

    private String named(String name) {
        return handle.createQuery("select :name")
                .bind("name", name)
                .mapTo(String.class)
                .one();
    }

    /** Tells what is prepared. */
    private Connection listening(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        prepared.add((String) arguments[0]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
