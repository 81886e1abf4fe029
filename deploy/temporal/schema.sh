#!/bin/sh
# Brings the engine's two databases to the tables of this version. Safe to repeat.
# setup-schema writes version 0.0: it runs only where the tool itself says that there is no version yet, or that
# somebody was stopped between the table of versions and its first row.
set -eu
SQL_PASSWORD=$(cat "${SECRETS:-/run/secrets}/temporal_password")
export SQL_PASSWORD
versions=/etc/temporal/schema/postgresql/v12

bring() { # a database, and the folder of its versions
    if told=$(temporal-sql-tool --database "$1" update-schema --schema-dir "$versions/$2/versioned" 2>&1); then
        return
    fi
    case $told in
        *schema_version*'does not exist'* | *'no rows in result set'*) ;;
        *)
            echo "$told" >&2
            return 1
            ;;
    esac
    temporal-sql-tool --database "$1" setup-schema --version 0.0
    temporal-sql-tool --database "$1" update-schema --schema-dir "$versions/$2/versioned"
}

bring temporal temporal
bring temporal_visibility visibility
