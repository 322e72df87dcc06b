-- Times are milliseconds since 1970, dates are ISO texts, truth values 0 and 1, digests lower-case hexadecimal SHA-256.
-- Ids are never used again: caches and repository folders are named by them.
create table users (
  id integer primary key autoincrement,
  username text not null,
  username_folded text not null unique,
  name text not null,
  email text not null,
  admin integer not null,
  password_hash text,
  created_at bigint not null
);
create table namespaces (
  id integer primary key autoincrement,
  kind text not null check (kind in ('user', 'group')),
  name text not null,
  path text not null,
  full_path text not null,
  full_path_folded text not null unique,
  parent_id bigint references namespaces (id),
  owner_id bigint references users (id),
  created_at bigint not null
);
create index namespaces_by_owner on namespaces (owner_id);
create table projects (
  id integer primary key autoincrement,
  namespace_id bigint not null references namespaces (id),
  name text not null,
  path text not null,
  full_path text not null,
  full_path_folded text not null unique,
  description text,
  visibility text not null check (visibility in ('private', 'internal', 'public')),
  default_branch text not null,
  creator_id bigint not null references users (id),
  created_at bigint not null
);
create index projects_by_namespace on projects (namespace_id);
create table project_members (
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  access_level integer not null,
  created_at bigint not null,
  primary key (project_id, user_id)
);
create index project_members_by_user on project_members (user_id);
create table personal_access_tokens (
  id integer primary key autoincrement,
  user_id bigint not null references users (id) on delete cascade,
  name text not null,
  description text,
  digest text not null unique,
  scopes text not null,
  created_at bigint not null,
  expires_on text,
  revoked integer not null,
  last_used_at bigint
);
create index personal_access_tokens_by_user on personal_access_tokens (user_id);
create table cluster_agents (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  name text not null,
  created_by_user_id bigint not null references users (id),
  created_at bigint not null,
  unique (project_id, name)
);
create table cluster_agent_tokens (
  id integer primary key autoincrement,
  agent_id bigint not null references cluster_agents (id) on delete cascade,
  name text not null,
  description text,
  digest text not null unique,
  revoked integer not null,
  created_by_user_id bigint not null references users (id),
  created_at bigint not null,
  last_used_at bigint
);
create index cluster_agent_tokens_by_agent on cluster_agent_tokens (agent_id);
create table cluster_agent_configurations (
  agent_id bigint primary key references cluster_agents (id) on delete cascade,
  configuration text not null,
  received_at bigint not null
);
create table job_tokens (
  digest text primary key,
  job_id bigint not null,
  pipeline_id bigint not null,
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  protected_ref integer not null,
  environment_name text,
  environment_slug text,
  environment_tier text,
  expires_at bigint not null
);
create table usage_counters (
  name text primary key,
  total bigint not null
);
