#!/bin/sh
# The first start of the database container: the two roles and the database. The same roles.sql as everywhere.
set -eu
psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d template1 \
    -v owner_password="$PORTAL_OWNER_PASSWORD" -v app_password="$PORTAL_APP_PASSWORD" -f /portal/roles.sql
createdb -U "$POSTGRES_USER" -O portal_owner portal
