-- SSH keys of people. A key is known by the SHA-256 of its bytes, without padding, as ssh-keygen prints it.
create table ssh_keys (
  id integer primary key autoincrement,
  user_id bigint not null references users (id) on delete cascade,
  title text not null,
  public_key text not null,
  fingerprint text not null unique,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint
);
create index ssh_keys_by_user on ssh_keys (user_id);
-- SSH keys of machines, each for some projects. None of them is a person's.
create table deploy_keys (
  id integer primary key autoincrement,
  title text not null,
  public_key text not null,
  fingerprint text not null unique,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint
);
create table project_deploy_keys (
  project_id bigint not null references projects (id) on delete cascade,
  deploy_key_id bigint not null references deploy_keys (id) on delete cascade,
  can_push integer not null,
  created_at bigint not null,
  primary key (project_id, deploy_key_id)
);
create index project_deploy_keys_by_key on project_deploy_keys (deploy_key_id);
