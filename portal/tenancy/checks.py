"""Every model is tenant-owned, or global with a reason."""

from django.apps import apps
from django.core.checks import Error

from portal.tenancy.models import TenantManager, TenantModel
from portal.tenancy.postgresql.base import AXES

# Tables without a keeper, each with the reason why nobody's data leaks through it.
GLOBAL: dict[str, str] = {
    "people.User": "sign-in happens before any reach; lists of people go through memberships",
    "people.Organisation": "names of organisations are public",
    "people.Membership": "needed to find the reach",
    "people.Affiliation": "needed to find the reach",
    "events.ChainHead": "one row: the head of the event chain",
    "events.Delivery": "a delivery names an event by number and a consumer, nothing else",
    "workflow.Operation": "an idempotency key names no record",
}
THIRD_PARTY = {"auth", "contenttypes", "sessions", "account", "mfa", "axes", "guardian", "messages", "admin"}


def every_model_declared(app_configs, **kwargs) -> list[Error]:
    """Django system check: an undeclared model is an error, and so is a hole in the fence of a declared one."""
    errors = []
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label in THIRD_PARTY or label in GLOBAL or bool(getattr(model, "global_because", "")):
            continue
        if not issubclass(model, TenantModel):
            errors.append(Error(f"{label} is neither tenant-owned nor global with a reason", id="tenancy.E001"))
        elif getattr(model, "kept_by", None) not in {"host", "recommender", "cast", "any"}:
            errors.append(Error(f"{label} does not say who keeps its rows (kept_by)", id="tenancy.E002"))
        else:
            errors += [Error(f"{label}: {hole}", id="tenancy.E003") for hole in holes(model)]
    return errors


def holes(model: type[TenantModel]) -> list[str]:
    """Ways around the fence that a tenant-owned model has left open, in words."""
    managers = [*model._meta.managers, model._base_manager]
    found = [f"manager {each.name} is not fenced" for each in managers if not isinstance(each, TenantManager)]
    if model._base_manager.auto_created:
        found.append("its Meta does not inherit TenantModel.Meta, so its base manager is not fenced")
    found += [
        f"{field.name} makes a table that nobody keeps; declare the model between"
        for field in model._meta.many_to_many
        if field.remote_field.through._meta.auto_created  # type: ignore[union-attr]
    ]
    found += [f"unknown axis {axis}" for axis in model.reach_axes if axis not in {*AXES, "published"}]
    return found
