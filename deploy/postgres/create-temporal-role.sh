#!/bin/sh
# Run by the postgres image once, when its volume is empty: Temporal gets a role of its own and cannot read the store.
set -eu

psql --variable ON_ERROR_STOP=1 --variable password="$TEMPORAL_DB_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'password';
REVOKE CONNECT ON DATABASE everthread FROM PUBLIC;
SQL
