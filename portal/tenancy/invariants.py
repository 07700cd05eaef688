"""The fence, recounted."""

from collections.abc import Iterator

from portal.invariants import invariant
from portal.tenancy.policies import guarded_models, missing_guards


@invariant("guards")
def guards_stand() -> Iterator[str]:
    """Every guard that a model declares stands in the database, and the role in use is bound by it."""
    for name in missing_guards():
        yield f"missing {name}"


@invariant("keepers")
def keepers_are_of_their_kind() -> Iterator[str]:
    """Each row is kept by an organisation of the kind that its table declares."""
    for model in guarded_models():
        if model.kept_by == "any":
            continue
        wrong = model.objects.exclude(organisation__kind=model.kept_by).order_by("pk")
        for pk, kind in wrong.values_list("pk", "organisation__kind")[:20]:
            yield f"{model._meta.db_table} {pk} is kept by a {kind}, not a {model.kept_by}"
