"""Object grants of django-guardian for `assigned`: given and taken inside the assignment's own steps only.

A model that can be assigned declares `grant_model()` (a static method giving its guardian model, whose content_object
is a hidden foreign key) and `live_states`: a grant counts only while the record stands in one of them, or where it has
no state of its own the record at `live_path` ("assessment__state"). The permission's codename is "assigned"
(Meta.permissions of the model).
"""

CODENAME = "assigned"


def give(user, record) -> None:
    """Grants the record to the user (idempotent)."""
    record.grant_model().objects.assign_perm(CODENAME, user, record)


def take_away(user, record) -> None:
    """Ends the grant (idempotent)."""
    record.grant_model().objects.remove_perm(CODENAME, user, record)


def granted(user_id: int | None, model):
    """Ids of records of `model` granted to a user, as a queryset; state is not asked."""
    return (
        model.grant_model().objects.filter(user_id=user_id, permission__codename=CODENAME).values("content_object_id")
    )


def live(user_id: int | None, model):
    """Ids of records granted to the user and in a live state, as a queryset."""
    standing = {f"{getattr(model, 'live_path', 'state')}__in": model.live_states}
    return model.objects.filter(pk__in=granted(user_id, model), **standing).values("pk")


def holds(user_id: int | None, record) -> bool:
    return user_id is not None and live(user_id, type(record)).filter(pk=record.pk).exists()


def model_at(model, path: str):
    """The model at the end of a path of foreign keys ('' is the model itself)."""
    for name in filter(None, path.split("__")):
        model = model._meta.get_field(name).related_model
    return model
