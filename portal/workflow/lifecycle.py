"""Lifecycle: the abstract base of every machine, and the registry of machines."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django_fsm import FSMField, FSMFieldDescriptor

from portal.events import catalogue
from portal.people.actor import Actor
from portal.people.roles import CAST_ROLES
from portal.regulation.rules import Finding
from portal.workflow.step import Opening, Step


class StateDescriptor(FSMFieldDescriptor):
    """Refuses an assignment unless the row is just being read again.

    django-fsm lifts the protection for the whole class while one instance refreshes, and for good when that fails.
    """

    def __set__(self, instance, value):
        if REREADING not in instance.__dict__:
            return super().__set__(instance, value)
        self.field.set_state(instance, value)


REREADING = "_rereading"


class StateField(FSMField):
    """A protected state of an enum; its first member is where a record begins."""

    descriptor_class = StateDescriptor

    def __init__(self, states=None, **kwargs):
        if states is not None:
            kwargs.setdefault("choices", states.choices)
            kwargs.setdefault("default", states.values[0])
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("db_index", True)
        kwargs.setdefault("protected", True)
        kwargs.setdefault("verbose_name", "状态")
        super().__init__(**kwargs)

    def deconstruct(self):
        """Migrations see the column alone: a machine in each of their thousands of passing states costs minutes."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs


class Lifecycle(models.Model):
    """A machine: state, optimistic version, times. A subclass names `machine`, `label`, `State` and declares steps.

    final           states in which a record's life ends
    ref_field       the field that holds its number in URLs and events
    now_with        {state: whose turn it is, in words}
    colours         {state: colour of its tag}
    outside_labels  {state: what people outside 市科协 read instead of its label}
    constraint_findings  {database constraint: the Finding that a breach of it is told as}
    """

    machine: str
    label: str
    State: type[models.TextChoices]
    final: frozenset[str] = frozenset()
    ref_field = "number"
    now_with: dict[str, str] = {}
    colours: dict[str, str] = {}
    outside_labels: dict[str, str] = {}
    constraint_findings: dict[str, Finding] = {}
    steps: dict[str, Step] = {}
    if TYPE_CHECKING:  # what a model brings that inherits a machine
        state: Any
        organisation_id: int
        objects: models.Manager[Any]

    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "machine" in cls.__dict__:
            cls.steps = _declared(cls)
            for declared in cls.steps.values():
                catalogue.kind(declared.kind, declared.sentence, articles=declared.articles)
                if declared.four_eyes:
                    catalogue.kind(
                        f"{declared.kind}.prepare", f"{{actor}}拟办“{declared.label}”：{{ref}}", declared.articles
                    )
                    catalogue.kind(
                        f"{declared.kind}.decline", f"{{actor}}没有同意“{declared.label}”：{{ref}}", declared.articles
                    )

    def refresh_from_db(self, *args, **kwargs):
        self.__dict__[REREADING] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            self.__dict__.pop(REREADING, None)

    @property
    def ref(self) -> str:
        """The number under which people know the record."""
        return str(getattr(self, self.ref_field))

    @property
    def keeper_id(self) -> int:
        """The organisation that keeps the record, and so its events."""
        return self.organisation_id

    def state_label(self, actor: Actor | None = None) -> str:
        """The state in words; outside 市科协 some states read alike until they are published."""
        if actor is not None and actor.role not in CAST_ROLES and self.state in self.outside_labels:
            return self.outside_labels[self.state]
        return self.State(self.state).label

    def due(self) -> tuple[str, datetime] | None:
        """What must be done next by when: (label, instant), or None."""
        return None

    def step(self, name: str) -> Step:
        """A declared step. Raises KeyError."""
        return self.steps[name]

    def url_kwargs(self) -> dict:
        """What the record's URLs are made of."""
        return {"no": self.ref}


def _declared(cls) -> dict[str, Step]:
    """In the order of their declaration, which is the order of the buttons."""
    found: dict[str, Step] = {}
    for name in dict.fromkeys(name for parent in reversed(cls.__mro__) for name in vars(parent)):
        if name.startswith("_"):
            continue
        attribute = getattr(cls, name, None)
        declared = attribute if isinstance(attribute, Opening) else getattr(attribute, "_step", None)
        if declared is not None:
            found[name] = replace(declared, name=name).named(cls.machine)
    return found


def machines() -> dict[str, type[Lifecycle]]:
    """machine name → concrete model, in the order of the apps."""
    return {model.machine: model for model in apps.get_models() if issubclass(model, Lifecycle)}


def all_steps() -> list[Step]:
    return [declared for model in machines().values() for declared in model.steps.values()]
