#!/bin/sh
# Creates Temporal's two databases, or migrates them to the schema of this image. Idempotent.
# temporal-sql-tool reads SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN itself.
set -eu

for database in temporal temporal_visibility; do
  folder=${database#temporal_}
  temporal-sql-tool --database "$database" create-database
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done
