-- Which data folder this database belongs to: repositories and the key of what is sealed are there. One row at most.
create table installation (
  id text primary key,
  created_at bigint not null
);
