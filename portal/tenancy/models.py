"""TenantModel: a row belongs to the organisation that keeps it, and only its reach can query it."""

from django.db import models

from portal.people.models import Organisation
from portal.tenancy.fence import Fence
from portal.tenancy.reach import OutOfReach, current_reach


class TenantQuerySet(models.QuerySet):
    def raw(self, *args, **kwargs):
        raise OutOfReach("raw SQL does not pass the fence")

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        """Refuses foreign rows before any SQL, and an upsert: the row in its way may be another tenant's."""
        if update_conflicts:
            raise OutOfReach("an upsert may meet a row of another tenant")
        objs = list(objs)
        for row in objs:
            row.check_reach()
        return super().bulk_create(objs, *args, **kwargs)

    def update(self, **kwargs):
        if {"organisation", "organisation_id"} & kwargs.keys():
            raise OutOfReach("the keeper of a row never changes")
        return super().update(**kwargs)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Every query starts behind the fence; a manager without reach raises when its query is compiled."""

    use_in_migrations = False

    def get_queryset(self):
        return super().get_queryset().filter(Fence(self.model.reach_axes))

    def raw(self, *args, **kwargs):
        raise OutOfReach("raw SQL does not pass the fence")


class TenantModel(models.Model):
    """A table whose rows have a keeper.

    Declarations of a subclass:
    kept_by        kind of organisation that keeps its rows: "host", "recommender", "cast" or "any"
    reach_axes     {axis: column} further ways to reach a row (experts by assignment, anyone when published)
    row_security   the database enforces the reach too (row-level security with FORCE)
    append_only    the database refuses UPDATE and DELETE
    same_organisation  names of foreign keys whose row must have the same keeper (composite key in the database)
    own_path, person_path, below_path, counterpart_path, assigned_path   how the relations of the matrix read this model
    """

    kept_by: str
    reach_axes: dict[str, str] = {}
    row_security = False
    append_only = False
    same_organisation: tuple[str, ...] = ()
    own_path = "organisation_id"
    person_path: str | None = None
    below_path: str | None = None
    counterpart_path: str | None = None
    assigned_path: str | None = None

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="保管单位")

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        self.check_reach()
        super().save(*args, **kwargs)
        self._keeper: int | None = self.organisation_id

    def delete(self, *args, **kwargs):
        """Deletes a row that the fence lets through: Django deletes by key alone, and a key can be made up."""
        self.check_reach()
        if not type(self).objects.filter(pk=self.pk).exists():
            raise OutOfReach(f"{self._meta.label} {self.pk} is out of reach")
        return super().delete(*args, **kwargs)

    @classmethod
    def from_db(cls, *args, **kwargs):
        row = super().from_db(*args, **kwargs)
        row._keeper = row.__dict__.get("organisation_id")
        return row

    def check_reach(self) -> None:
        """Raises OutOfReach if this row's keeper is outside the reach in force, or differs from the stored one."""
        if not current_reach().includes(self.organisation_id) and not self.reached_by_axis():
            raise OutOfReach(f"{self._meta.label} of organisation {self.organisation_id} is out of reach")
        if getattr(self, "_keeper", None) not in (None, self.organisation_id):
            raise OutOfReach("the keeper of a row never changes")

    def reached_by_axis(self) -> bool:
        """A stored row that the reach holds on a further axis (an expert's own assignment) may be saved too."""
        reach = current_reach()
        return self.pk is not None and any(
            axis != "published" and getattr(self, column) in reach.on(axis) for axis, column in self.reach_axes.items()
        )
