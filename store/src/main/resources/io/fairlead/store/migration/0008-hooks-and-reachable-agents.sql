-- Whom a project tells what happens in it. Address and token are sealed with the key in secrets/database-key.
create table project_hooks (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  sealed_url text not null,
  sealed_token text,
  name text,
  description text,
  push_events integer not null,
  tag_push_events integer not null,
  deployment_events integer not null,
  branch_filter text not null,
  failures integer not null,
  disabled_until bigint,
  created_at bigint not null
);
create index project_hooks_by_project on project_hooks (project_id);
-- Where kas reaches an agent that does not call, and how it shows who it is: by a key pair of ours, or by a certificate of the
-- caller's. Private keys are sealed.
create table agent_url_configurations (
  id integer primary key autoincrement,
  agent_id bigint not null unique references cluster_agents (id) on delete cascade,
  url text not null,
  public_key text,
  sealed_private_key text,
  client_cert text,
  sealed_client_key text,
  ca_cert text,
  tls_host text,
  created_by_user_id bigint not null references users (id),
  created_at bigint not null
);
