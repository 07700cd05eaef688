"""The facts that eligibility is judged by: plain values from a form's clean content, and the year's figures. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any


@dataclass(frozen=True)
class PolicyParameters:
    """The figures of a cycle and of its version of the regulation (Art. 8, 34).

    Cut-offs are birth dates: born on that day counts as inside, unless birth_cutoff_inclusive is off. Experience counts
    until the month of count_until; ages are told as of age_on.
    """

    birth_cutoff_ordinary: date
    birth_cutoff_exceptional: date
    count_until: date
    age_on: date
    birth_cutoff_inclusive: bool = True
    ordinary_years: int = 45
    exceptional_years: int = 50
    engineering_months: int = 96
    lead_months: int = 36
    exceptional_reason_min: int = 100
    ip_min: int = 1
    plan_partners_min: int = 1

    @classmethod
    def of(
        cls,
        parameters: Mapping[str, Any],
        *,
        birth_cutoff_ordinary: date,
        birth_cutoff_exceptional: date,
        count_until: date,
    ) -> "PolicyParameters":
        """The parameters stored with a version of the regulation, with a cycle's dates. An unknown name is a KeyError.

        Ages are told as of the last day of the year for which the ordinary cut-off is meant: 1977-01-01 and 45 years
        give 2022-12-31.
        """
        if unknown := set(parameters) - {each.name for each in fields(cls)}:
            raise KeyError(f"办法参数里不认识 {sorted(unknown)}")
        year = birth_cutoff_ordinary.year + parameters.get("ordinary_years", cls.ordinary_years)
        return cls(
            birth_cutoff_ordinary, birth_cutoff_exceptional, count_until, **{"age_on": date(year, 12, 31), **parameters}
        )

    @classmethod
    def for_year(cls, year: int, count_until: date, **parameters: Any) -> "PolicyParameters":
        """The usual cut-offs of a year: the first of January 45 and 50 years before it."""
        ordinary, exceptional = (
            parameters.get(name, getattr(cls, name)) for name in ("ordinary_years", "exceptional_years")
        )
        return cls.of(
            parameters,
            birth_cutoff_ordinary=date(year - ordinary, 1, 1),
            birth_cutoff_exceptional=date(year - exceptional, 1, 1),
            count_until=count_until,
        )

    @property
    def until_month(self) -> str:
        return self.count_until.isoformat()[:7]


@dataclass(frozen=True)
class Facts:
    """What an application says. Values are clean form values; None or empty where nothing is filled in yet.

    work, projects, partners, qualifications, platforms, plan_partners and other_programmes are rows of the form.
    exceptional_confirmed is the recommending unit's word on 特别优秀: True, False, or None while it has not spoken.
    """

    uscc: str = ""
    enterprise_type: str = ""
    district: str = ""
    ip_count: int | None = None
    core_technology: str = ""
    training_system: str = ""
    host_partners: tuple[Mapping[str, Any], ...] = ()
    qualifications: tuple[Mapping[str, Any], ...] = ()
    platforms: tuple[Mapping[str, Any], ...] = ()

    id_type: str = ""
    id_number: str = ""
    gender: str = ""
    birth_date: date | None = None
    age_branch: str = ""
    exceptional_reason: str = ""
    exceptional_confirmed: bool | None = None
    has_discipline: bool | None = None
    has_dishonesty: bool | None = None
    is_classified_person: bool | None = None
    work: tuple[Mapping[str, Any], ...] = ()
    projects: tuple[Mapping[str, Any], ...] = ()
    is_core: bool | None = None
    title_level: str = ""
    title_name: str = ""
    contribution_branch: bool | None = None
    contribution: str = ""
    has_young_award: bool | None = None
    young_award: str = ""
    other_programmes: tuple[Mapping[str, Any], ...] = ()

    main_field: str = ""
    urgent_direction: str = ""
    key_problem: str = ""
    plan_partners: tuple[Mapping[str, Any], ...] = ()

    cycle_fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    attached: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()


# Which page of the form a fact stands on, where its name there is its own.
_SAME_NAME = {
    "basic": (
        "id_type", "id_number", "gender", "age_branch", "exceptional_reason", "has_discipline", "has_dishonesty",
        "is_classified_person", "is_core", "title_level", "title_name", "contribution_branch", "contribution",
        "has_young_award", "young_award", "urgent_direction", "key_problem",
    ),
    "unit": ("uscc", "enterprise_type", "district", "ip_count", "core_technology"),
    "conditions": ("training_system",),
}  # fmt: skip
_ROWS = {
    "other_programmes": ("basic", "other_programmes"),
    "work": ("experience", "work"),
    "projects": ("projects", "projects"),
    "qualifications": ("unit", "qualifications"),
    "platforms": ("unit", "platforms"),
    "host_partners": ("conditions", "partners"),
    "plan_partners": ("plan", "partners"),
}


def facts_of(
    content: Mapping[str, Mapping[str, Any]],
    *,
    cycle_fields: Mapping[str, str],
    attached: Collection[str] = (),
    exceptional_confirmed: bool | None = None,
) -> Facts:
    """The facts in a form's clean content ({section: values}, as form_schema.clean_content gives it).

    cycle_fields are the codes and names of the year's fields; attached the codes of the attachments that are there.
    """
    values = {
        name: content.get(section, {})[name]
        for section, names in _SAME_NAME.items()
        for name in names
        if name in content.get(section, {})
    }
    values |= {name: tuple(content.get(section, {}).get(key, ())) for name, (section, key) in _ROWS.items()}
    basic = content.get("basic", {})
    if "birth_date" in basic:
        values["birth_date"] = date.fromisoformat(basic["birth_date"])
    return Facts(
        **values,
        main_field=basic.get("field", ""),
        exceptional_confirmed=exceptional_confirmed,
        cycle_fields=dict(cycle_fields),
        attached=frozenset(attached),
        texts=tuple(_texts(content)),
    )


def _texts(value: Any) -> Iterator[str]:
    """Every text in the content, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
