"""入选者 (Art. 20, 29)."""

from django.db import models

from applications.models import Application, Cycle
from funding.lifecycle.selectee import SelecteeLifecycle
from portal.people.models import Organisation, User
from portal.tenancy.models import TenantModel


class Selectee(TenantModel, SelecteeLifecycle):
    """One engineer's term at one host unit. After a transfer the new unit keeps a successor row (`continues`)."""

    kept_by = "host"
    person_path = "person_id"
    below_path = "recommender_id"

    number = models.CharField("入选编号", max_length=24, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    name = models.CharField("姓名", max_length=40)
    field = models.CharField("领域", max_length=40)
    recommender = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_date = models.DateField("培养期起", null=True)
    ends_date = models.DateField("培养期止", null=True)
    active_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    continues = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "入选者"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organisation"],
                condition=~models.Q(state="transferred"),
                name="selectee_once_per_host",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
