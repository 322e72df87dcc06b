-- Where a project's repository came from, without name and password, and how far that has come.
create table project_imports (
  project_id bigint primary key references projects (id) on delete cascade,
  url text not null,
  status text not null check (status in ('scheduled', 'started', 'finished', 'failed')),
  error text,
  changed_at bigint not null
);
