-- What changed of who may do what, in order: kas is told of it, and asks again. kind: user, agent, job, or everyone, whose
-- subject_id is 0. Old rows are taken away. Triggers write them, so that no way to change a right can forget to. Whoever may
-- rename or share what is theirs shall make work for those alone whom it concerns; more than 1,000 of a kind are everyone to
-- whoever reads this, so more are not written.
create table access_changes (
  id integer primary key autoincrement,
  kind text not null check (kind in ('user', 'agent', 'job', 'everyone')),
  subject_id bigint not null
);
create index job_tokens_by_end on job_tokens (expires_at);
create index job_tokens_by_project on job_tokens (project_id);
create trigger users_changed after update on users when (
    old.username is distinct from new.username
    or old.state is distinct from new.state
    or old.admin is distinct from new.admin
    or old.kind is distinct from new.kind)
  begin insert into access_changes (kind, subject_id) values ('user', new.id); end;
create trigger users_deleted after delete on users
  begin insert into access_changes (kind, subject_id) values ('user', old.id); end;
create trigger tokens_changed after update on personal_access_tokens when (
    old.user_id is distinct from new.user_id
    or old.digest is distinct from new.digest
    or old.scopes is distinct from new.scopes
    or old.expires_on is distinct from new.expires_on
    or old.revoked is distinct from new.revoked)
  begin insert into access_changes (kind, subject_id) values ('user', new.user_id); end;
create trigger tokens_deleted after delete on personal_access_tokens
  begin insert into access_changes (kind, subject_id) values ('user', old.user_id); end;
create trigger project_members_added after insert on project_members
  begin insert into access_changes (kind, subject_id) values ('user', new.user_id); end;
create trigger project_members_changed after update on project_members when (
    old.user_id is distinct from new.user_id
    or old.access_level is distinct from new.access_level
    or old.expires_on is distinct from new.expires_on)
  begin insert into access_changes (kind, subject_id) values ('user', new.user_id); end;
create trigger project_members_deleted after delete on project_members
  begin insert into access_changes (kind, subject_id) values ('user', old.user_id); end;
create trigger namespace_members_added after insert on namespace_members
  begin insert into access_changes (kind, subject_id) values ('user', new.user_id); end;
create trigger namespace_members_changed after update on namespace_members when (
    old.user_id is distinct from new.user_id
    or old.access_level is distinct from new.access_level
    or old.expires_on is distinct from new.expires_on)
  begin insert into access_changes (kind, subject_id) values ('user', new.user_id); end;
create trigger namespace_members_deleted after delete on namespace_members
  begin insert into access_changes (kind, subject_id) values ('user', old.user_id); end;
-- A share is of those who are members of the group it lets in, there or above.
create trigger project_shares_added after insert on project_shares
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = new.group_id limit 1001) r; end;
create trigger project_shares_changed after update on project_shares when (
    old.access_level is distinct from new.access_level
    or old.expires_on is distinct from new.expires_on)
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = new.group_id limit 1001) r; end;
create trigger project_shares_deleted after delete on project_shares
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = old.group_id limit 1001) r; end;
create trigger namespace_shares_added after insert on namespace_shares
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = new.group_id limit 1001) r; end;
create trigger namespace_shares_changed after update on namespace_shares when (
    old.access_level is distinct from new.access_level
    or old.expires_on is distinct from new.expires_on)
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = new.group_id limit 1001) r; end;
create trigger namespace_shares_deleted after delete on namespace_shares
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct m.user_id from namespace_ancestry a join namespace_members m on m.namespace_id = a.ancestor_id
      where a.namespace_id = old.group_id limit 1001) r; end;
-- Below another group, or another's: nobody counts whom that means.
create trigger namespaces_moved after update on namespaces when (
    old.parent_id is distinct from new.parent_id
    or old.owner_id is distinct from new.owner_id)
  begin insert into access_changes (kind, subject_id) values ('everyone', 0); end;
-- Everything in and below it has another path.
create trigger namespaces_changed after update on namespaces when (
    old.path is distinct from new.path
    or old.visibility is distinct from new.visibility)
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct g.user_id from namespace_ancestry a join group_roles g on g.namespace_id = a.namespace_id
      where a.ancestor_id = new.id limit 1001) r
    union all
    select 'user', r.user_id from (
      select distinct d.user_id from namespace_ancestry a join projects p on p.namespace_id = a.namespace_id
      join direct_project_roles d on d.project_id = p.id where a.ancestor_id = new.id limit 1001) r
    union all
    select 'agent', r.id from (
      select c.id from namespace_ancestry a join projects p on p.namespace_id = a.namespace_id
      join cluster_agents c on c.project_id = p.id where a.ancestor_id = new.id limit 1001) r
    union all
    select 'job', r.job_id from (
      select j.job_id from namespace_ancestry a join projects p on p.namespace_id = a.namespace_id
      join job_tokens j on j.project_id = p.id where a.ancestor_id = new.id limit 1001) r; end;
-- There are no projects in it any more; its own members, and whom it was shared with, go before it. Here are those above.
create trigger namespaces_deleted after delete on namespaces
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct g.user_id from group_roles g where g.namespace_id = old.parent_id limit 1001) r
    union all
    select 'user', old.owner_id where old.owner_id is not null; end;
-- Its path alone: one that changes with a group's is told with that.
create trigger projects_changed after update on projects when (
    old.path is distinct from new.path
    or old.namespace_id is distinct from new.namespace_id
    or old.visibility is distinct from new.visibility)
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct o.user_id from project_roles o where o.project_id = new.id limit 1001) r
    union all
    select 'user', r.user_id from (
      select distinct g.user_id from group_roles g
      where g.namespace_id = old.namespace_id and old.namespace_id <> new.namespace_id limit 1001) r
    union all
    select 'agent', r.id from (select c.id from cluster_agents c where c.project_id = new.id limit 1001) r
    union all
    select 'job', r.job_id from (select j.job_id from job_tokens j where j.project_id = new.id limit 1001) r; end;
-- Agents' configurations are read from it. Whether a job's branch was protected is written with the job.
create trigger projects_default_branch_changed after update on projects when (
    old.default_branch is distinct from new.default_branch)
  begin insert into access_changes (kind, subject_id)
    select 'agent', r.id from (select c.id from cluster_agents c where c.project_id = new.id limit 1001) r; end;
-- Its own members, agents, jobs and shares go before it.
create trigger projects_deleted after delete on projects
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct g.user_id from group_roles g where g.namespace_id = old.namespace_id limit 1001) r; end;
-- What was named by a former path is not any more.
create trigger path_redirects_deleted after delete on path_redirects
  begin insert into access_changes (kind, subject_id)
    select 'user', r.user_id from (
      select distinct o.user_id from project_roles o where o.project_id = old.project_id limit 1001) r
    union all
    select 'user', r.user_id from (
      select distinct g.user_id from group_roles g where g.namespace_id = old.namespace_id limit 1001) r
    union all
    select 'job', r.job_id from (select j.job_id from job_tokens j where j.project_id = old.project_id limit 1001) r
    union all
    select 'job', r.job_id from (
      select j.job_id from namespace_ancestry a join projects p on p.namespace_id = a.namespace_id
      join job_tokens j on j.project_id = p.id where a.ancestor_id = old.namespace_id limit 1001) r; end;
create trigger cluster_agents_changed after update on cluster_agents when (
    old.project_id is distinct from new.project_id
    or old.name is distinct from new.name)
  begin insert into access_changes (kind, subject_id) values ('agent', new.id); end;
create trigger cluster_agents_deleted after delete on cluster_agents
  begin insert into access_changes (kind, subject_id) values ('agent', old.id); end;
create trigger cluster_agent_tokens_changed after update on cluster_agent_tokens when (
    old.agent_id is distinct from new.agent_id
    or old.digest is distinct from new.digest
    or old.revoked is distinct from new.revoked)
  begin insert into access_changes (kind, subject_id) values ('agent', new.agent_id); end;
create trigger cluster_agent_tokens_deleted after delete on cluster_agent_tokens
  begin insert into access_changes (kind, subject_id) values ('agent', old.agent_id); end;
create trigger cluster_agent_configurations_added after insert on cluster_agent_configurations
  begin insert into access_changes (kind, subject_id) values ('agent', new.agent_id); end;
create trigger cluster_agent_configurations_changed after update on cluster_agent_configurations when (
    old.configuration is distinct from new.configuration)
  begin insert into access_changes (kind, subject_id) values ('agent', new.agent_id); end;
create trigger job_tokens_changed after update on job_tokens
  begin insert into access_changes (kind, subject_id) values ('job', new.job_id); end;
create trigger job_tokens_deleted after delete on job_tokens
  begin insert into access_changes (kind, subject_id) values ('job', old.job_id); end;
