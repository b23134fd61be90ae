#!/bin/sh
# The postgres image runs this once, while its volume is empty. Temporal gets its own role, which cannot read the store.
set -eu

psql --variable ON_ERROR_STOP=1 --variable password="$TEMPORAL_DB_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'password';
REVOKE CONNECT ON DATABASE everthread FROM PUBLIC;
SQL
