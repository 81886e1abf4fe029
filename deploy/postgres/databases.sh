#!/bin/sh
# Makes the roles and databases of Tuntas and of the engine, and sets their passwords. Safe to repeat.
set -eu
secrets=${SECRETS:-/run/secrets}
PGPASSWORD=$(cat "$secrets/postgres_password")
TEMPORAL_ROLE_PASSWORD=$(cat "$secrets/temporal_password")
url=$(cat "$secrets/database_url")
rest=${url#*://tuntas:}
TUNTAS_ROLE_PASSWORD=${rest%%@*}
export PGPASSWORD TEMPORAL_ROLE_PASSWORD TUNTAS_ROLE_PASSWORD

exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv tuntas_password TUNTAS_ROLE_PASSWORD
\getenv temporal_password TEMPORAL_ROLE_PASSWORD
select format('create role %I login', name)
from unnest(array['tuntas', 'temporal']) as name
where not exists (select from pg_roles where rolname = name) \gexec
alter role tuntas password :'tuntas_password';
alter role temporal password :'temporal_password';
select format('create database %I owner %I', name, owner)
from (values ('tuntas', 'tuntas'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal'))
    as wanted (name, owner)
where not exists (select from pg_database where datname = name) \gexec
revoke all on database tuntas, temporal, temporal_visibility from public;
SQL
