-- What kubectl shows kas for less than an hour at one agent. It ends with the token it was made with.
create table cluster_credentials (
  digest text primary key,
  token_id bigint not null references personal_access_tokens (id) on delete cascade,
  agent_id bigint not null references cluster_agents (id) on delete cascade,
  expires_at bigint not null
);
create index cluster_credentials_by_token on cluster_credentials (token_id);
create index cluster_credentials_by_agent on cluster_credentials (agent_id);
create index cluster_credentials_by_end on cluster_credentials (expires_at);
