-- CI/CD variables, each a project's or a group's. Values are sealed with the key in secrets/database-key.
create table ci_variables (
  id integer primary key autoincrement,
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade,
  variable_key text not null,
  environment_scope text not null,
  sealed_value text not null,
  variable_type text not null,
  masked integer not null,
  hidden integer not null,
  protected_only integer not null,
  raw integer not null,
  description text,
  unique (project_id, variable_key, environment_scope),
  unique (namespace_id, variable_key, environment_scope)
);
create table environments (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  name text not null,
  slug text not null,
  description text,
  external_url text,
  tier text not null,
  state text not null check (state in ('available', 'stopping', 'stopped')),
  agent_id bigint references cluster_agents (id) on delete set null,
  kubernetes_namespace text,
  flux_resource_path text,
  auto_stop_setting text not null,
  auto_stop_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (project_id, name),
  unique (project_id, slug)
);
create index environments_by_agent on environments (agent_id);
create table deployments (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  iid bigint not null,
  environment_id bigint not null references environments (id) on delete cascade,
  ref text not null,
  sha text not null,
  tag integer not null,
  status text not null,
  user_id bigint not null references users (id),
  created_at bigint not null,
  updated_at bigint not null,
  finished_at bigint,
  unique (project_id, iid)
);
create index deployments_by_environment on deployments (environment_id, id);
create index deployments_by_user on deployments (user_id);
