"""The WHERE that every fenced query carries; its SQL is decided when the query is compiled."""

from django.core.exceptions import FullResultSet
from django.db.models import BooleanField, Expression, F

from portal.tenancy.reach import current_reach


class Fence(Expression):
    """`organisation = ANY(reach) [OR axis column = ANY(ids)]` of the reach in force at compile time.

    Raises NoReach when compiled where no reach is set.
    """

    conditional = True
    output_field = BooleanField()

    def __init__(self, axes: dict[str, str]):
        super().__init__()
        self.names = ("organisations", *axes)
        self.columns = [F("organisation_id"), *(F(column) for column in axes.values())]

    def get_source_expressions(self):
        return self.columns

    def set_source_expressions(self, expressions):
        self.columns = expressions

    def as_sql(self, compiler, connection):
        reach = current_reach()
        if reach.everything:
            raise FullResultSet
        parts, params = [], []
        for name, column in zip(self.names, self.columns, strict=True):
            ids = reach.organisations if name == "organisations" else reach.on(name)
            if ids or name == "organisations":
                sql, column_params = compiler.compile(column)
                cast = "boolean[]" if name == "published" else "bigint[]"
                parts.append(f"{sql} = ANY(%s::{cast})")
                params += [*column_params, sorted(ids)]
        return f"({' OR '.join(parts)})", params
