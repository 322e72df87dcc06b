-- What calls of a hook are signed with, sealed as their other secrets are.
alter table project_hooks add column sealed_signing_token text;
