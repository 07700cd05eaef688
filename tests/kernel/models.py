"""A host unit's record with a child, an append-only ledger of it, and a paper that is tied to nobody's organisation."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from portal.people.models import Organisation, User
from portal.tenancy.models import TenantModel
from tests.kernel.lifecycle import ErrandLifecycle


class Errand(ErrandLifecycle, TenantModel):
    """Kept by the host unit; reached by experts to whom it is assigned and by everybody once it is public."""

    kept_by = "host"
    row_security = True
    reach_axes = {"applications": "id", "published": "is_public"}
    person_path = "person_id"
    below_path = "recommender_id"
    counterpart_path = "recommender_id"
    assigned_path = ""
    live_states = ("sent",)

    number = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("题目", max_length=100, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    recommender = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    is_public = models.BooleanField(default=False)
    promised_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "事项"
        permissions = [("assigned", "被分配")]
        constraints = [
            models.UniqueConstraint(fields=["title"], condition=~models.Q(title=""), name="errand_title_once")
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def grant_model():
        return ErrandGrant


class ErrandGrant(UserObjectPermissionBase):
    global_because = "a grant names a user and an errand by number"

    content_object = models.ForeignKey(Errand, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class Line(TenantModel):
    """Part of an errand; must have the same keeper."""

    kept_by = "host"
    same_organisation = ("errand",)
    reach_axes = {"applications": "errand_id"}
    person_path = "errand__person_id"
    below_path = "errand__recommender_id"
    assigned_path = "errand"

    errand = models.ForeignKey(Errand, models.CASCADE, related_name="lines")
    day = models.DateField()
    amount = models.IntegerField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.amount)


class Entry(TenantModel):
    """A line that is never changed."""

    kept_by = "host"
    append_only = True
    same_organisation = ("errand",)

    errand = models.ForeignKey(Errand, models.PROTECT, related_name="entries")
    amount = models.IntegerField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.amount)
