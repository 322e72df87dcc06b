-- Dates are ISO texts: what expires on a day is over when that day begins (UTC).
alter table namespaces add column description text;
-- A person's own namespace hides nothing; what is in it does.
alter table namespaces add column visibility text not null default 'public' check (visibility in ('private', 'internal', 'public'));
alter table project_members add column expires_on text;
-- Each namespace with every namespace above it and itself, which is at distance 0.
create table namespace_ancestry (
  namespace_id bigint not null references namespaces (id) on delete cascade,
  ancestor_id bigint not null references namespaces (id) on delete cascade,
  distance integer not null,
  primary key (namespace_id, ancestor_id)
);
create index namespace_ancestry_by_ancestor on namespace_ancestry (ancestor_id);
insert into namespace_ancestry (namespace_id, ancestor_id, distance) select id, id, 0 from namespaces;
create table namespace_members (
  namespace_id bigint not null references namespaces (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  access_level integer not null,
  expires_on text,
  created_at bigint not null,
  primary key (namespace_id, user_id)
);
create index namespace_members_by_user on namespace_members (user_id);
-- The members of group_id may come to namespace_id, with access_level at most.
create table namespace_shares (
  namespace_id bigint not null references namespaces (id) on delete cascade,
  group_id bigint not null references namespaces (id) on delete cascade,
  access_level integer not null,
  expires_on text,
  created_at bigint not null,
  primary key (namespace_id, group_id)
);
create index namespace_shares_by_group on namespace_shares (group_id);
create table project_shares (
  project_id bigint not null references projects (id) on delete cascade,
  group_id bigint not null references namespaces (id) on delete cascade,
  access_level integer not null,
  expires_on text,
  created_at bigint not null,
  primary key (project_id, group_id)
);
create index project_shares_by_group on project_shares (group_id);
-- Where something was that has moved. What takes the path anew ends the redirect.
create table path_redirects (
  path_folded text primary key,
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade
);
create index path_redirects_by_project on path_redirects (project_id);
create index path_redirects_by_namespace on path_redirects (namespace_id);
-- What everybody is in each group, one row for each reason: member there or above, or member of a group it is shared with.
-- Members of the latter and of what is above it count; whom that group is itself shared with does not.
create view group_roles as
select m.user_id, a.namespace_id, m.access_level, m.expires_on
from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
union all
select m.user_id, a.namespace_id,
  case when s.access_level < m.access_level then s.access_level else m.access_level end as access_level,
  case when s.expires_on is null or m.expires_on < s.expires_on then m.expires_on else s.expires_on end as expires_on
from namespace_ancestry a
join namespace_shares s on s.namespace_id = a.ancestor_id
join namespace_ancestry b on b.namespace_id = s.group_id
join namespace_members m on m.namespace_id = b.ancestor_id
union all
select n.owner_id as user_id, n.id as namespace_id, 50 as access_level, cast(null as text) as expires_on
from namespaces n where n.kind = 'user';
-- The same for projects, without what comes from the group they are in.
create view direct_project_roles as
select m.user_id, m.project_id, m.access_level, m.expires_on from project_members m
union all
select m.user_id, s.project_id,
  case when s.access_level < m.access_level then s.access_level else m.access_level end as access_level,
  case when s.expires_on is null or m.expires_on < s.expires_on then m.expires_on else s.expires_on end as expires_on
from project_shares s
join namespace_ancestry b on b.namespace_id = s.group_id
join namespace_members m on m.namespace_id = b.ancestor_id;
-- What everybody is in each project, one row for each reason.
create view project_roles as
select user_id, project_id, access_level, expires_on from direct_project_roles
union all
select r.user_id, p.id as project_id, r.access_level, r.expires_on
from projects p join group_roles r on r.namespace_id = p.namespace_id;
