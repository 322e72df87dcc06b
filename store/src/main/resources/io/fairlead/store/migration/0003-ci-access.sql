-- What the configuration of an agent gives to the jobs of other projects, entry by entry, as kas last reported it.
create table agent_ci_access (
  agent_id bigint not null references cluster_agents (id) on delete cascade,
  kind text not null check (kind in ('project', 'group')),
  path_folded text not null,
  position integer not null,
  configuration text not null,
  primary key (agent_id, kind, position)
);
create index agent_ci_access_by_path on agent_ci_access (path_folded);
