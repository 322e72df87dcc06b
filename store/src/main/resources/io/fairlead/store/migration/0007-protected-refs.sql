-- Branches and tags that not everybody may move who may push. kind: branch or tag; name may be a pattern with *.
create table protected_refs (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  kind text not null,
  name text not null,
  allow_force_push integer not null,
  created_at bigint not null,
  unique (project_id, kind, name)
);
-- Who may: one of a role (GitLab's number, 0 for nobody), a person, a group, a deploy key. action: push, merge, unprotect
-- or, for tags, create.
create table protected_ref_grants (
  id integer primary key autoincrement,
  protected_ref_id bigint not null references protected_refs (id) on delete cascade,
  action text not null,
  access_level integer,
  user_id bigint references users (id) on delete cascade,
  group_id bigint references namespaces (id) on delete cascade,
  deploy_key_id bigint references deploy_keys (id) on delete cascade
);
create index protected_ref_grants_by_ref on protected_ref_grants (protected_ref_id);
create index protected_ref_grants_by_user on protected_ref_grants (user_id);
create index protected_ref_grants_by_group on protected_ref_grants (group_id);
create index protected_ref_grants_by_key on protected_ref_grants (deploy_key_id);
-- Default branches are protected from the start of a project; those that are there get what new ones get.
insert into protected_refs (project_id, kind, name, allow_force_push, created_at)
  select id, 'branch', default_branch, 0, created_at from projects;
insert into protected_ref_grants (protected_ref_id, action, access_level)
  select id, 'push', 40 from protected_refs;
insert into protected_ref_grants (protected_ref_id, action, access_level)
  select id, 'merge', 40 from protected_refs;
