-- What runs with a job token: where, for whom and until when. The number is never used again.
create table jobs (
  id integer primary key autoincrement,
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_by_user_id bigint not null references users (id) on delete cascade,
  ref text not null,
  protected_ref integer not null,
  environment_name text,
  created_at bigint not null,
  expires_at bigint not null,
  ended_at bigint
);
create index jobs_by_project on jobs (project_id);
