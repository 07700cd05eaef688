"""What an application says: pages, identity numbers, attachments, judged and frozen. Methods of Application."""

import hashlib
import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications import rules
from applications.form_schema import Definition, SectionStatus, State, clean_content, completeness, parse_definition
from applications.numbers import WrongNumber, resident_id
from portal.privacy.masks import mask_identity, mask_mobile
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Refused, failed
from portal.tenancy.reach import Because, everything
from portal.workflow.glance import once_a_glance

# Fields of the page 基本信息 that stand in ApplicantIdentity alone, and how they are shown.
SEALED = {"id_number": mask_identity, "mobile": mask_mobile}
SEALED_PAGE = "basic"
Content = dict[str, dict[str, Any]]


def definition_of(cycle) -> Definition:
    """The cycle's form, offering the cycle's own fields; completed once for each instance of the cycle."""
    if not hasattr(cycle, "_form"):
        form = _parsed(json.dumps(cycle.form_definition))
        cycle._form = form.with_options("basic.field", field_names(cycle).items())
    return cycle._form


def field_names(cycle) -> dict[str, str]:
    """{code: name} of the cycle's fields; read once for each instance of the cycle."""
    if not hasattr(cycle, "_field_names"):
        cycle._field_names = dict(cycle.fields.values_list("code", "name"))
    return cycle._field_names


@lru_cache(maxsize=16)
def _parsed(text: str) -> Definition:
    """A form of JSON text; parsing costs ten times what comparing the text does."""
    return parse_definition(json.loads(text))


def digest_of(content: Any) -> str:
    """SHA-256 of the canonical JSON of what was frozen."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_code(digest: str) -> str:
    """The eight characters of a digest that people compare: 7F3A-91C2."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def masked(content: Content) -> Content:
    """The same content with the sealed values as they are shown."""
    page = dict(content.get(SEALED_PAGE, {}))
    page |= {key: mask(page[key]) for key, mask in SEALED.items() if page.get(key)}
    return {**content, SEALED_PAGE: page} if page else content


class Dossier:
    """Mixed into Application. Nothing here changes a state; freeze and reopen write rows that a step asks for."""

    def definition(self) -> Definition:
        return definition_of(self.cycle)

    def identities(self):
        """The rows of sealed numbers, of which this application has one or none."""
        return self._meta.get_field("identity").related_model.objects.filter(application_id=self.pk)

    @once_a_glance
    def own_identity(self):
        """The sealed row, or None before anything was typed (or where this reach ends)."""
        return self.identities().first()

    @once_a_glance
    def stored(self) -> Content:
        """Every page as last saved, {section: values}, the sealed values opened: for judging, not for showing."""
        content = dict(self.sections.values_list("key", "values"))
        if identity := self.own_identity():
            opened = {key: value.plain() for key in SEALED if (value := getattr(identity, key))}
            content[SEALED_PAGE] = {**content.get(SEALED_PAGE, {}), **opened}
        return content

    @once_a_glance
    def attached(self) -> frozenset[str]:
        """The codes of the attachments that are there."""
        return frozenset(self.attachments.values_list("key", flat=True))

    @once_a_glance
    def statuses(self, at: datetime) -> list[SectionStatus]:
        """How far each page is, for the task list and the check page."""
        return completeness(self.definition(), self.stored(), as_of=_day(at), attached=self.attached())

    # --- what the guards ask -----------------------------------------------------------------------------------------

    @once_a_glance
    def nomination_findings(self) -> list[Finding]:
        """Art. 10 and 14: whom this unit has already nominated in the cycle, and whether it lost the year's right."""
        others = type(self).objects.filter(organisation_id=self.organisation_id, cycle_id=self.cycle_id)
        states = dict(others.exclude(pk=self.pk).exclude(state="withdrawn").values_list("applicant_name", "state"))
        barred = "disqualified" in states.values()
        names = [name for name, state in states.items() if state != "disqualified"]
        return [rules.not_disqualified(barred, False, self.cycle.year), rules.one_per_host(names)]

    def completeness_findings(self, *, at: datetime) -> list[Finding]:
        """One finding for each thing missing or wrong (figures: section and path), then Art. 10 on the person."""
        found = [
            failed(
                f"{status.section.label}：{problem.message}",
                article=Article(13, 2),
                label=status.section.label,
                figures={"section": status.section.key, "path": problem.path},
            )
            for status in self.statuses(at)
            if status.state != State.DONE
            for problem in status.problems
        ]
        return [*found, rules.one_per_applicant(self.person_is_taken())]

    @once_a_glance
    def eligibility(self, *, at: datetime) -> list[Finding]:
        """Every rule of 第八、十条 and the rest on what is filled in now."""
        content = clean_content(self.definition(), self.stored(), as_of=_day(at))
        facts = rules.facts_of(
            content,
            cycle_fields=field_names(self.cycle),
            attached=self.attached(),
            exceptional_confirmed=self.exceptional_confirmed(),
        )
        return rules.evaluate(facts, self.cycle.policy_parameters())

    @once_a_glance
    def open_notes(self) -> list:
        """What a returning unit asked for and has not got back yet."""
        return list(self.notes.filter(settled_at=None))

    def unanswered_notes(self) -> list:
        """Those of them that nobody has dealt with."""
        return [note for note in self.open_notes() if note.answered_at is None]

    # --- one application a person and cycle --------------------------------------------------------------------------

    @once_a_glance
    def person_is_taken(self) -> bool:
        """Whether another application of the cycle holds this identity number; asked across units, tells only a yes."""
        identity = self.own_identity()
        if identity is None or identity.id_index is None:
            return False
        with everything(because=Because.UNIQUENESS):
            same = type(identity).objects.filter(cycle_id=self.cycle_id, id_index=identity.id_index, claims=True)
            return same.exclude(application_id=self.pk).exists()

    def claim_person(self) -> bool:
        """Holds the number for this application if nobody does; the database decides between two at one instant."""
        identity = self.own_identity()
        if identity is None or not identity.id_number:
            return True
        try:
            with transaction.atomic():
                self.identities().update(claims=_is_whole(self, identity))
        except IntegrityError:
            return False
        return True

    def release_person(self) -> None:
        """After a withdrawal the person is free again."""
        self.identities().update(claims=False)

    def require_person(self, label: str) -> None:
        """Raises Refused when another application holds the number."""
        if not self.claim_person():
            raise Refused(label, [rules.one_per_applicant(True)])

    # --- freezing and reopening --------------------------------------------------------------------------------------

    @once_a_glance
    def latest(self):
        """The version that was submitted last, or None; versions that were prefetched are not asked for again."""
        if "versions" in getattr(self, "_prefetched_objects_cache", ()):
            return max(self.versions.all(), key=lambda each: each.number, default=None)
        return self.versions.order_by("-number").first() if self.submitted_at else None

    def freeze(self, *, actor, at: datetime):
        """Writes the content as it stands as the next ApplicationVersion (numbers masked) and returns it."""
        last = self.latest()
        content = self.frozen_content(at)
        return self.versions.create(
            organisation_id=self.organisation_id,
            number=last.number + 1 if last else 1,
            content=content,
            digest=digest_of(content),
            created_at=at,
            created_by_id=actor.user_id,
        )

    def frozen_content(self, at: datetime) -> dict[str, Any]:
        """{sections, applicant, host, recommender, field, findings, attachments, form, declared_at}; numbers masked."""
        sections = masked(clean_content(self.definition(), self.stored(), as_of=_day(at)))
        basic = sections.get("basic", {})
        return {
            "form": self.cycle.form_definition["version"],
            "sections": sections,
            "applicant": {"name": self.applicant_name, **{key: basic.get(key, "") for key in SEALED}},
            "host": {"name": self.organisation.name, "code": self.organisation.code},
            "recommender": self.recommender.name if self.recommender else "",
            "field": self.field.name if self.field else "",
            "findings": [finding.as_data() for finding in self.eligibility(at=at)],
            "attachments": [_file_facts(each) for each in self.attachments.select_related("file")],
            "declared_at": self.declared_at.isoformat() if self.declared_at else "",
        }

    def reopen(self, notes: Any, *, actor, at: datetime, from_cast: bool) -> dict[str, str]:
        """Opens the named pages to the unit again with a note on each; returns the event's facts."""
        named = {key: text.strip() for key, text in dict(notes).items() if text.strip()}
        self.reopened_sections = [section.key for section in self.definition() if section.key in named]
        self.notes.bulk_create(
            self.notes.model(
                application=self,
                organisation_id=self.organisation_id,
                section=key,
                text=named[key],
                from_cast=from_cast,
                written_at=at,
            )
            for key in self.reopened_sections
        )
        return {"sections": "、".join(self.definition()[key].label for key in self.reopened_sections)}

    def settle_notes(self, at: datetime) -> None:
        """What was asked for has been sent: the notes are history."""
        self.notes.filter(settled_at=None).update(settled_at=at)


def findings_of(version) -> list[Finding]:
    """The machine's findings as they were frozen with a version."""
    return [Finding.from_data(each) for each in version.content["findings"]]


def attachment_name(code: str) -> str:
    return reference("attachments")[code].name


def _is_whole(application, identity) -> bool:
    """Half a number holds nothing."""
    kind = application.sections.filter(key=SEALED_PAGE).values_list("values__id_type", flat=True).first()
    if kind != "resident_id":
        return True
    try:
        return bool(resident_id(identity.id_number.plain()))
    except WrongNumber:
        return False


def _file_facts(attachment) -> dict[str, Any]:
    file = attachment.file
    return {
        "key": attachment.key,
        "file": str(file.pk),
        "name": file.name,
        "size": file.size,
        "pages": file.pages,
        "sha256": file.sha256,
    }


def _day(at: datetime) -> date:
    return timezone.localdate(at)
