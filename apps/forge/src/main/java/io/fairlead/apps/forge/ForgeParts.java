package io.fairlead.apps.forge;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.agent.AgentConfigurationQueries;
import io.fairlead.forge.agent.AgentConfigurations;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.agent.AgentTokenQueries;
import io.fairlead.forge.agent.AgentTokens;
import io.fairlead.forge.agent.GroupSharing;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.job.JobTokenQueries;
import io.fairlead.forge.job.JobTokens;
import io.fairlead.forge.key.KeyQueries;
import io.fairlead.forge.namespace.GroupAccess;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.protection.Protection;
import io.fairlead.forge.protection.ProtectionQueries;
import io.fairlead.forge.repository.Housekeeping;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.forge.token.ClusterCredentialQueries;
import io.fairlead.forge.token.ClusterCredentials;
import io.fairlead.forge.token.DeployTokenQueries;
import io.fairlead.forge.token.DeployTokens;
import io.fairlead.forge.token.PersonalAccessTokens;
import io.fairlead.forge.token.TokenQueries;
import io.fairlead.forge.token.TokenSecrets;
import io.fairlead.store.migration.Migrator;
import io.fairlead.store.postgresql.PostgresqlConfig;
import io.fairlead.store.postgresql.PostgresqlDatabase;
import io.fairlead.store.sqlite.SqliteDatabase;
import java.time.Clock;

/** What the features of a forge stand on, made in one place: the database and who asks it. Nothing here does anything yet. */
final class ForgeParts {
    /** An object takes about 500 bytes while its repository is tidied, which may take a quarter of the memory. */
    private static final long HEAP_BYTES_PER_OBJECT = 2_000;

    final Database database;
    final Stage store;
    final Repositories repositories;
    final Housekeeping housekeeping;
    final UserQueries users;
    final TokenQueries tokenQueries;
    final PersonalAccessTokens tokens;
    final ClusterCredentials clusterCredentials;
    final ProjectQueries projectQueries;
    final NamespaceQueries namespaces;
    final RoleQueries roles;
    final ProjectAccess access;
    final GroupAccess groupAccess;
    final AgentQueries agents;
    final AgentConfigurationQueries agentConfigurationQueries;
    final AgentConfigurations agentConfigurations;
    final AgentTokenQueries agentTokenQueries;
    final AgentTokens agentTokens;
    final JobTokens jobTokens;
    final DeployTokenQueries deployTokenQueries;
    final DeployTokens deployTokens;
    final KeyQueries keys;
    final ProtectionQueries protections;
    final Protection protection;

    ForgeParts(DatabaseKeys kept, Clock clock, RandomIds random, DataFolder folder, GroupSharing sharing) {
        Migrator migrator = new Migrator(Migrator.ALL, clock);
        switch (kept) {
            case DatabaseKeys.Sqlite() -> {
                SqliteDatabase embedded = new SqliteDatabase(folder.database(), migrator);
                database = embedded;
                store = embedded;
            }
            case DatabaseKeys.Postgresql(PostgresqlConfig config) -> {
                PostgresqlDatabase server = new PostgresqlDatabase(config, migrator);
                database = server;
                store = server;
            }
        }
        repositories = new Repositories(folder.repositories());
        housekeeping = new Housekeeping(
                repositories,
                clock,
                Housekeeping.GRACE,
                Housekeeping.PACK_GRACE,
                Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_OBJECT);
        TokenSecrets secrets = new TokenSecrets(random);
        users = new UserQueries(database);
        tokenQueries = new TokenQueries(database);
        tokens = new PersonalAccessTokens(tokenQueries, users, secrets, clock);
        clusterCredentials = new ClusterCredentials(new ClusterCredentialQueries(database), tokens, secrets, clock);
        projectQueries = new ProjectQueries(database);
        namespaces = new NamespaceQueries(database);
        roles = new RoleQueries(database, clock);
        access = new ProjectAccess(roles, namespaces);
        groupAccess = new GroupAccess(namespaces, roles);
        agents = new AgentQueries(database);
        agentConfigurationQueries = new AgentConfigurationQueries(database);
        agentConfigurations =
                new AgentConfigurations(agentConfigurationQueries, projectQueries, repositories, clock, sharing);
        agentTokenQueries = new AgentTokenQueries(database);
        agentTokens = new AgentTokens(agentTokenQueries, agents, secrets, clock);
        jobTokens = new JobTokenQueries(database, clock);
        deployTokenQueries = new DeployTokenQueries(database);
        deployTokens = new DeployTokens(deployTokenQueries, secrets, clock);
        keys = new KeyQueries(database, clock);
        protections = new ProtectionQueries(database, clock);
        protection = new Protection(protections, roles);
    }
}
