"""What the database itself refuses, derived from the models' declarations and installed after every migrate.

* row-level security with FORCE on tables that declare `row_security`
* same-organisation composite foreign keys
* append-only tables
* a row that changes its keeper
* a state change without its event (machines of portal.workflow)

All of it is idempotent; `missing_guards()` lists what a database lacks (check_invariants asks it).
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from portal.tenancy.models import TenantModel

PREFIX = "guard_"

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$"""

KEEPER_FUNCTION = """
CREATE OR REPLACE FUNCTION guard_keeper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the keeper of %.% never changes', TG_TABLE_NAME, OLD.id USING ERRCODE = 'insufficient_privilege';
END $$"""

# Checked when the transaction commits, because the events are written last (portal.workflow.take).
STATE_FUNCTION = """
CREATE OR REPLACE FUNCTION guard_state_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET portal.reach = 'all' SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.state IS NOT DISTINCT FROM OLD.state THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM events_event
    WHERE xact = txid_current() AND record_table = TG_TABLE_NAME AND record_pk = NEW.id::text AND to_state = NEW.state
  ) THEN
    RAISE EXCEPTION 'state of %.% changed to % without an event', TG_TABLE_NAME, NEW.id, NEW.state
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$"""


def install_after_migrate(sender, using="default", **kwargs) -> None:
    """Receiver of post_migrate: runs once per migrate, as the owner of the tables."""
    install(using)


def install(using: str = "default") -> None:
    """Creates every guard and the application role's rights. Side effects: DDL on the database `using`."""
    with connections[using].cursor() as cursor:
        tables = set(connections[using].introspection.table_names(cursor))
        cursor.execute(APPEND_ONLY_FUNCTION)
        cursor.execute(KEEPER_FUNCTION)
        if "events_event" in tables:
            cursor.execute(STATE_FUNCTION)
        for statement in statements(tables):
            cursor.execute(statement)
        if "events_chainhead" in tables:
            cursor.execute(
                "INSERT INTO events_chainhead (id, sequence, digest) VALUES (1, 0, '') ON CONFLICT DO NOTHING"
            )


def statements(tables: set[str]) -> list[str]:
    """All DDL of the guards, for tables that exist."""
    found: list[str] = []
    for model in guarded_models():
        if model._meta.db_table in tables:
            found += _for_model(model)
    if "events_event" in tables:
        found += [sql for model in machine_models() if model._meta.db_table in tables for sql in _state_trigger(model)]
    return found + _rights(tables)


def guarded_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def machine_models() -> list:
    from portal.workflow.lifecycle import Lifecycle

    return [model for model in apps.get_models() if issubclass(model, Lifecycle)]


def _for_model(model: type[TenantModel]) -> list[str]:
    table = model._meta.db_table
    found = [
        f'DROP TRIGGER IF EXISTS {PREFIX}keeper ON "{table}"',
        f'CREATE TRIGGER {PREFIX}keeper BEFORE UPDATE ON "{table}" FOR EACH ROW '
        "WHEN (OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION guard_keeper()",
    ]
    if model.row_security:
        found += _row_security(model)
    if model.append_only:
        found += [
            f'DROP TRIGGER IF EXISTS {PREFIX}append_only ON "{table}"',
            f'CREATE TRIGGER {PREFIX}append_only BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION guard_append_only()",
        ]
    for name in model.same_organisation:
        found += _same_organisation(model, name)
    return found


def _row_security(model: type[TenantModel]) -> list[str]:
    table = model._meta.db_table
    within = ["current_setting('portal.reach', true) = 'all'", _among("portal.reach", "organisation_id")]
    for axis, name in model.reach_axes.items():
        field: Any = model._meta.get_field(name.removesuffix("_id") if name != "id" else "id")
        column = field.column
        within.append(f'"{column}"' if axis == "published" else _among(f"portal.{axis}", column))
    condition = " OR ".join(within)
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS {PREFIX}reach ON "{table}"',
        f'CREATE POLICY {PREFIX}reach ON "{table}" USING ({condition}) WITH CHECK ({condition})',
    ]


def _among(setting: str, column: str) -> str:
    return f"current_setting('{setting}', true) LIKE '%,' || \"{column}\"::text || ',%'"


def _same_organisation(model: type[TenantModel], name: str) -> list[str]:
    """A child cannot hang on another tenant's parent: (parent, organisation) references (id, organisation)."""
    field: Any = model._meta.get_field(name)
    table, parent = model._meta.db_table, field.related_model._meta.db_table
    unique, key = f"{PREFIX}{parent}_org"[:60], f"{PREFIX}{table}_{name}"[:60]
    add_unique = f'ALTER TABLE "{parent}" ADD CONSTRAINT "{unique}" UNIQUE (id, organisation_id)'
    add_key = (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{key}" FOREIGN KEY ("{field.column}", organisation_id) '
        f'REFERENCES "{parent}" (id, organisation_id)'
    )
    return [_unless_constraint(unique, add_unique), _unless_constraint(key, add_key)]


def _unless_constraint(name: str, statement: str) -> str:
    quoted = statement.replace("'", "''")
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') "
        f"THEN EXECUTE '{quoted}'; END IF; END $$"
    )


def _state_trigger(model) -> list[str]:
    table = model._meta.db_table
    return [
        f'DROP TRIGGER IF EXISTS {PREFIX}state ON "{table}"',
        f'CREATE CONSTRAINT TRIGGER {PREFIX}state AFTER INSERT OR UPDATE OF state ON "{table}" '
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard_state_change()",
    ]


def _rights(tables: set[str]) -> list[str]:
    """The application role reads and writes rows, owns nothing, and only appends to append-only tables."""
    role = settings.APPLICATION_ROLE
    if not role:
        return []
    grants = [
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"',
        f'GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
    ]
    for model in guarded_models():
        if model.append_only and model._meta.db_table in tables:
            grants.append(f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM "{role}"')
    return grants


STANDING = """
SELECT c.relname || ': ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
UNION ALL SELECT c.relname || ': ' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
UNION ALL SELECT tablename || ': ' || policyname FROM pg_policies WHERE coalesce(qual, 'true') <> 'true'
UNION ALL SELECT relname || ': row security' FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
UNION ALL SELECT relname || ': rights' FROM pg_class
WHERE relkind = 'r' AND NOT has_table_privilege(oid, 'UPDATE') AND NOT has_table_privilege(oid, 'DELETE')
UNION ALL SELECT 'role: bound by row security' FROM pg_roles
WHERE rolname = current_user AND NOT rolsuper AND NOT rolbypassrls
"""


def missing_guards(using: str = "default") -> list[str]:
    """Names of the guards that the models declare and the database, as the role in use meets it, lacks."""
    wanted = {"role: bound by row security"}
    for model in guarded_models():
        table = model._meta.db_table
        wanted.add(f"{table}: {PREFIX}keeper")
        wanted |= {f"{table}: row security", f"{table}: {PREFIX}reach"} if model.row_security else set()
        wanted |= {f"{table}: rights", f"{table}: {PREFIX}append_only"} if model.append_only else set()
        wanted |= {f"{table}: {f'{PREFIX}{table}_{name}'[:60]}" for name in model.same_organisation}
    wanted |= {f"{model._meta.db_table}: {PREFIX}state" for model in machine_models()}
    with connections[using].cursor() as cursor:
        cursor.execute(STANDING)
        return sorted(wanted - {name for (name,) in cursor.fetchall()})
