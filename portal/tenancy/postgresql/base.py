"""The second fence: each statement runs with the reach of its moment set on the connection.

Row-level security reads `portal.reach` ('' = no rows, 'all', or ',1,2,') and one setting an axis. A statement
whose reach differs from what the connection last heard is preceded by set_config; a rollback makes the
connection forget, because PostgreSQL then restores older values.
"""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.base import *  # noqa: F403  (a backend module re-exports its parent)

from portal.tenancy.context import Reach, reach_or_none

AXES = ("assignments", "applications", "assessments", "asked", "experts", "rounds", "meetings", "counterpart")


def spelled(reach: Reach | None) -> tuple[str, ...]:
    """The settings of a reach, in the order of NAMES; ids between commas so that one LIKE finds one."""
    if reach is None:
        return ("",) * (1 + len(AXES))
    organisations = "all" if reach.everything else _listed(reach.organisations)
    return (organisations, *(_listed(reach.on(axis)) for axis in AXES))


def _listed(ids) -> str:
    return f",{','.join(str(i) for i in sorted(ids))}," if ids else ""


NAMES = ("portal.reach", *(f"portal.{axis}" for axis in AXES))
SET = "SELECT " + ", ".join(f"set_config('{name}', %s, false)" for name in NAMES)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[no-redef]
    told: tuple[str, ...] | None = None
    rolling_back = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self.told_first)

    def create_cursor(self, name=None):
        self.tell()
        return super().create_cursor(name)

    def told_first(self, execute, sql, params, many, context):
        """A cursor that somebody has kept speaks with the reach of the moment too, not with that of its making."""
        self.tell()
        return execute(sql, params, many, context)

    def tell(self) -> None:
        """Sets the reach in force on the connection unless it was the last thing said."""
        wanted = spelled(reach_or_none())
        if wanted == self.told or self.rolling_back:
            return
        self.validate_no_broken_transaction()
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(SET, wanted)
        self.told = wanted

    def init_connection_state(self):
        self.told = None
        return super().init_connection_state()

    def _rollback(self):
        self.told = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid):
        """A failed transaction takes no statement but this one; afterwards PostgreSQL has restored an older reach."""
        self.rolling_back = True
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self.rolling_back, self.told = False, None
