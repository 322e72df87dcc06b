-- Who is blocked may do nothing; what is theirs stays.
alter table users add column state text not null default 'active' check (state in ('active', 'blocked'));
-- A bot is whom the tokens of a project or group speak for; it goes with it.
alter table users add column kind text not null default 'human' check (kind in ('human', 'project_bot', 'group_bot', 'ghost'));
alter table users add column bot_project_id bigint references projects (id) on delete cascade;
alter table users add column bot_namespace_id bigint references namespaces (id) on delete cascade;
create index users_by_bot_project on users (bot_project_id);
create index users_by_bot_namespace on users (bot_namespace_id);
-- A token that was made by rotation, and all that came from the same first one, have its id here.
alter table personal_access_tokens add column family_id bigint;
create index personal_access_tokens_by_family on personal_access_tokens (family_id);
create table deploy_tokens (
  id integer primary key autoincrement,
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade,
  name text not null,
  username text not null,
  digest text not null unique,
  scopes text not null,
  creator_id bigint not null references users (id),
  created_at bigint not null,
  expires_at bigint,
  revoked integer not null,
  last_used_at bigint
);
create index deploy_tokens_by_project on deploy_tokens (project_id);
create index deploy_tokens_by_namespace on deploy_tokens (namespace_id);
