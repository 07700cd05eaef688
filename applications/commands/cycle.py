"""年度批次: set up, opened, advanced, gone back (Art. 9, 11, 16, 34)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from applications import cycle_settings
from applications.form_schema import default_data
from applications.models import Cycle, CycleField, PolicyVersion, Quota, RecommendationList
from portal.access.decide import require
from portal.events.catalogue import kind
from portal.people.actor import Actor
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.operation import cast_id
from portal.workflow.take import begin, note, operation, take

POLICY_CREATED = kind("policy.create", "{actor}登记了办法版本{ref}，自 {effective} 起施行", [Article(34), Article(36)])
CARRIED_OVER = ("form_definition", "rubrics", "settings", "grant_fen", "cultivation_months")


def create_policy(
    *,
    actor: Actor,
    at: datetime,
    number: str,
    name: str,
    effective_date: date,
    parameters: Mapping[str, Any],
    document_number: str = "",
) -> PolicyVersion:
    """Registers a version of the regulation (Art. 34): an amended one is a new row, old cycles keep theirs.

    Raises Denied, or Refused for a number or a day that is taken.
    """
    require(actor, "policy.create")
    with operation(actor=actor, at=at):
        if PolicyVersion.objects.filter(number=number).exists():
            raise Refused("登记办法版本", [failed("这个版本号已有登记", article=Article(34))])
        if PolicyVersion.objects.filter(effective_date=effective_date).exists():
            raise Refused("登记办法版本", [failed("这一天已有另一个版本生效", article=Article(36))])
        version = PolicyVersion.objects.create(
            number=number,
            name=name,
            document_number=document_number,
            effective_date=effective_date,
            parameters=dict(parameters),
        )
        note(POLICY_CREATED, version, actor=actor, at=at, facts={"effective": effective_date})
    return version


def create(
    *, actor: Actor, at: datetime, year: int, policy: PolicyVersion, copy_from: Cycle | None = None, **values: Any
) -> Cycle:
    """A new year in preparation. values: windows, cut-offs and what should differ from the year copied.

    With `copy_from` its form, rubrics, settings, fields and quotas are copied; else the defaults of the reference data.
    """
    start = {name: getattr(copy_from, name) for name in CARRIED_OVER} if copy_from else fresh_set_up()
    with operation(actor=actor, at=at):
        cycle = begin(
            "create",
            Cycle(organisation_id=cast_id(), year=year, policy=policy, **{**start, **values}),
            actor=actor,
            at=at,
        )
        if copy_from:
            _copy_rows(copy_from, cycle)
    return cycle


def fresh_set_up() -> dict[str, Any]:
    """Form, rubrics and settings of the reference data."""
    return {
        "form_definition": default_data(),
        "rubrics": {item.code: rubric_of(item) for item in reference("rubrics")},
        "settings": cycle_settings.defaults(),
    }


def rubric_of(item) -> dict[str, Any]:
    """A rubric as a cycle keeps it; its figures stand in the cycle's settings."""
    return {"name": item.name, **{key: item[key] for key in ("version", "score_max", "score_step", "criteria")}}


def edit(cycle: Cycle, *, actor: Actor, at: datetime, what: str, version: int | None = None, **changes: Any) -> Cycle:
    """Changes fields of a cycle in preparation. what: which part of the set-up, in words."""
    return take("edit", cycle, actor=actor, at=at, version=version, what=what, changes=changes)


def set_fields(
    cycle: Cycle, *, actor: Actor, at: datetime, fields: list[tuple[str, str, int]], version: int | None = None
) -> Cycle:
    """The year's fields in order: (code, name, places). Rows keep their identity by code (Art. 9)."""
    places = {code: number for code, _, number in fields}
    with operation(actor=actor, at=at):
        cycle = take("set_fields", cycle, actor=actor, at=at, version=version, places=places)
        cycle.fields.exclude(code__in=places).delete()
        for position, (code, name, number) in enumerate(fields, 1):
            CycleField.objects.update_or_create(
                cycle=cycle, code=code, defaults={"name": name, "places": number, "position": position}
            )
    return cycle


def set_quotas(
    cycle: Cycle,
    *,
    actor: Actor,
    at: datetime,
    quotas: dict[int, int],
    reason: str = "",
    version: int | None = None,
) -> Cycle:
    """{recommending unit's id: places}; units left out have none. After opening a reason is needed (Art. 11).

    Locks the units' lists first, so that no nomination slips in between the count and the new quota.
    """
    name = "set_quotas" if cycle.state == Cycle.State.PREPARING else "change_quotas"
    quotas = {**dict.fromkeys(cycle.quotas.values_list("recommender_id", flat=True), 0), **quotas}
    with operation(actor=actor, at=at, lock=[*RecommendationList.objects.filter(cycle=cycle), cycle]):
        cycle = take(name, cycle, actor=actor, at=at, reason=reason, version=version, quotas=quotas)
        for unit, places in quotas.items():
            Quota.objects.update_or_create(cycle=cycle, recommender_id=unit, defaults={"places": places})
    return cycle


def move_windows(
    cycle: Cycle,
    *,
    actor: Actor,
    at: datetime,
    reason: str,
    version: int | None = None,
    **windows: datetime | None,
) -> Cycle:
    """After opening: deadlines may only be prolonged, the scoring window may be set."""
    return take("move_windows", cycle, actor=actor, at=at, reason=reason, version=version, windows=windows)


def step_of(name: str):
    """The command of one plain step of the machine: open, start_…, back_to_…, close."""

    def command(cycle: Cycle, *, actor: Actor, at: datetime, reason: str = "", version: int | None = None) -> Cycle:
        return take(name, cycle, actor=actor, at=at, reason=reason, version=version)

    command.__name__ = command.__qualname__ = name
    command.__doc__ = f"Takes the step {name} of a cycle. Raises StaleVersion, Denied or Refused."
    return command


open_applications = step_of("open")
close = step_of("close")
FORWARD = (
    "start_screening",
    "start_cast_review",
    "start_network_review",
    "start_panel_review",
    "start_publicity",
    "start_contracting",
    "start_cultivation",
)
BACK = tuple(name for name in Cycle.steps if name.startswith("back_to_"))
COMMANDS = {"open": open_applications, "close": close, **{name: step_of(name) for name in (*FORWARD, *BACK)}}


def advance(cycle: Cycle, *, actor: Actor, at: datetime) -> Cycle:
    """The one step that leads from the present stage to the next. Raises KeyError where the cycle has ended."""
    following = {Cycle.steps[name].source[0]: name for name in ("open", *FORWARD, "close")}
    return COMMANDS[following[cycle.state]](cycle, actor=actor, at=at)


def _copy_rows(source: Cycle, target: Cycle) -> None:
    CycleField.objects.bulk_create(
        CycleField(cycle=target, code=row.code, name=row.name, places=row.places, position=row.position)
        for row in source.fields.all()
    )
    Quota.objects.bulk_create(
        Quota(cycle=target, recommender_id=row.recommender_id, places=row.places) for row in source.quotas.all()
    )
