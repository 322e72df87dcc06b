-- The last valid configuration of an agent stays in force: at which commit it stands, which file was looked at last, and why
-- that one is not in force. What is not known is looked up at the next start.
alter table cluster_agent_configurations add column commit_id text;
alter table cluster_agent_configurations add column seen_blob text;
alter table cluster_agent_configurations add column problem text;
-- Entries may be for the whole installation.
create table agent_ci_entries (
  agent_id bigint not null references cluster_agents (id) on delete cascade,
  kind text not null check (kind in ('project', 'group', 'instance')),
  path_folded text not null,
  position integer not null,
  configuration text not null,
  primary key (agent_id, kind, position)
);
insert into agent_ci_entries (agent_id, kind, path_folded, position, configuration)
  select agent_id, kind, path_folded, position, configuration from agent_ci_access;
drop table agent_ci_access;
create index agent_ci_entries_by_path on agent_ci_entries (path_folded);
