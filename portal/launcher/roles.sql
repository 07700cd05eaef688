-- The two roles of the portal. Run once per server by a superuser, connected to template1:
--   psql -d template1 -v owner_password=… -v app_password=… -f roles.sql
-- The owner migrates; the application owns nothing, so no privilege of ownership passes by the row-level policies.
SELECT 'CREATE ROLE portal_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_owner') \gexec
SELECT 'CREATE ROLE portal_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') \gexec
-- Membership lets the owner end the application's connections (DROP DATABASE … WITH (FORCE)).
GRANT portal_app TO portal_owner;
-- The guard functions look past the row-level policies by setting their own reach.
GRANT SET ON PARAMETER portal.reach TO portal_owner;
\if :{?owner_password}
ALTER ROLE portal_owner PASSWORD :'owner_password';
ALTER ROLE portal_app PASSWORD :'app_password';
\endif
-- Default privileges are part of the database and are copied from template1 into every new one.
-- No TRUNCATE, no REFERENCES, no TRIGGER for the application.
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
