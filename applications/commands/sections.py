"""Filling in: one page saved, one file attached or taken off (Art. 13(2)). No event: each save is a draft revision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from applications.commands.application import changeable, changed
from applications.form_schema import Definition, draft_of
from applications.models import ApplicantIdentity, Application, Attachment, DraftRevision, Section
from applications.models.dossier import SEALED, SEALED_PAGE, attachment_name, digest_of
from portal.files.sniff import JPEG, PDF, PNG
from portal.files.store import store
from portal.people.actor import Actor
from portal.people.roles import Role
from portal.reference import reference
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.workflow.take import operation

LABEL = "填写申报书"
EDITORS = {Role.APPLICANT: "applicant", Role.HOST_CLERK: "host"}
TYPES = {"pdf": PDF, "jpg": JPEG, "png": PNG}
PURPOSE = "application.attachment"
MOST_OF_ONE_KIND = 20
MEBIBYTE = 1024**2


class StaleSection(Exception):
    """Somebody else saved the page meanwhile (409). `section` is the page as it stands, `mine` what was typed here."""

    def __init__(self, section: Section, mine: Mapping[str, Any]):
        self.section, self.mine = section, dict(mine)
        super().__init__(str(section))


def edit(
    application: Application, key: str, values: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Section:
    """Saves fields of one page as typed; what is wrong stays as typed and blocks submission only.

    Order: locks the application; Denied; Refused for a locked page or a field of the other party; nothing happens when
    all is there already; StaleSection when `version` is not the page's; stores the page, its draft revision and the
    sealed numbers; carries name and field to the application; voids the signature.
    """
    with operation(actor=actor, at=at):
        row = changeable(application, LABEL, actor, at)
        require_open(row, key)
        section = row.sections.select_for_update(no_key=True).get(key=key)
        draft, kept = _merged(row, section, _permitted(row, section, values, actor), at)
        if draft == section.values and kept == _sealed_of(row, section):
            return section
        if version is not None and section.version != version:
            raise StaleSection(section, values)
        _save(row, section, draft, kept, actor, at)
    return section


def require_open(row: Application, key: str) -> None:
    """Raises Refused for a page that the unit may not change now."""
    if key not in open_pages(row):
        raise Refused(LABEL, [failed("这一部分已锁定。退回后只能修改退回的部分", article=Article(13, 4))])


def open_pages(row: Application) -> list[str]:
    """The keys of the pages that the unit may change: all of a draft, those named when the file was returned."""
    if row.state == "draft":
        return [section.key for section in row.definition()]
    return list(row.reopened_sections)


def may_write(definition: Definition, key: str, actor: Actor) -> set[str]:
    """The fields of a page that this actor fills in. The clerk fills in all of them; the applicant not the unit's."""
    fields = definition[key].fields
    if actor.role == Role.HOST_CLERK:
        return {each.key for each in fields}
    return {each.key for each in fields if EDITORS.get(actor.role) in each.editors}


def _permitted(row: Application, section: Section, values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    allowed = may_write(row.definition(), section.key, actor)
    foreign = [name for name, value in values.items() if name not in allowed and value != section.values.get(name)]
    if foreign:
        labels = "、".join(row.definition()[section.key][name].label for name in foreign)
        raise Refused(LABEL, [failed(f"{labels}由单位经办人填写", article=Article(13, 2))])
    return {name: value for name, value in values.items() if name in allowed}


def _merged(row: Application, section: Section, values: dict[str, Any], at: datetime) -> tuple[dict, dict[str, str]]:
    """The page as it would stand, and its sealed values apart."""
    sealed = _sealed_of(row, section)
    untouched = {name for name in sealed if sealed[name] and values.get(name) == SEALED[name](sealed[name])}
    typed = {name: value for name, value in values.items() if name not in untouched}  # a mask that came back
    merged = {**section.values, **sealed, **typed}
    draft = draft_of(row.definition(), section.key, merged, as_of=timezone.localdate(at))
    for each in row.definition()[section.key].fields:
        if each.type == "records" and each.key in draft:
            draft[each.key] = [_named(place, line) for place, line in enumerate(draft[each.key])]
    return draft, {name: draft.pop(name, "") for name in sealed}


def _named(place: int, line: dict[str, Any]) -> dict[str, Any]:
    """A row that came without an id gets one from what it says, so that its page has an address."""
    return line if line.get("id") else {"id": digest_of([place, line])[:12], **line}


def _save(
    row: Application, section: Section, draft: dict[str, Any], kept: dict[str, str], actor: Actor, at: datetime
) -> None:
    _write(section, draft, actor, at)
    if section.key == SEALED_PAGE:
        _keep_sealed(row, kept)
        _carry(row, draft)
    changed(row, section.key, actor=actor, at=at)


def _write(section: Section, values: dict[str, Any], actor: Actor, at: datetime) -> None:
    section.values, section.version = values, section.version + 1
    section.saved_by_id, section.saved_at = actor.user_id, at
    section.save()
    DraftRevision.objects.create(
        organisation_id=section.organisation_id,
        section=section,
        version=section.version,
        values=values,
        saved_by_id=actor.user_id,
        saved_at=at,
    )


def _sealed_of(row: Application, section: Section) -> dict[str, str]:
    """The opened numbers of the page that has them, '' where nothing was typed; {} for every other page."""
    if section.key != SEALED_PAGE:
        return {}
    identity = row.own_identity()
    return {name: value.plain() if identity and (value := getattr(identity, name)) else "" for name in SEALED}


def _keep_sealed(row: Application, kept: dict[str, str]) -> None:
    """The numbers go to their sealed row and nowhere else; then the person is claimed, if nobody else holds it."""
    identity = row.own_identity() or ApplicantIdentity(
        application=row, organisation_id=row.organisation_id, cycle_id=row.cycle_id
    )
    identity.claims = False
    for name, value in kept.items():
        setattr(identity, name, value)
    identity.save()
    row.claim_person()


def _carry(row: Application, values: dict[str, Any]) -> None:
    """What lists show of an application stands on its own row."""
    if isinstance(values.get("name"), str) and values["name"]:
        row.applicant_name = values["name"][:40]
    row.field = row.cycle.fields.filter(code=values.get("field", "")).first()


# --- attachments -----------------------------------------------------------------------------------------------------


def attach(
    application: Application, key: str, uploaded: UploadedFile, *, unclassified: bool, actor: Actor, at: datetime
) -> Attachment:
    """Adds a file of one kind of the list; where one is enough, it replaces the one before.

    Raises Refused for a locked page, without the word that it is not classified (Art. 14), for a wrong or too large
    file (nothing is kept then). Side effects: the stored file, the attachment, the signature void.
    """
    with operation(actor=actor, at=at):
        row = changeable(application, "上传附件", actor, at, action="application.attach")
        page, kind = _kind(row, key, actor)
        _require_fit(row, kind, uploaded, unclassified)
        file = store(
            uploaded,
            actor=actor,
            organisation_id=row.organisation_id,
            purpose=PURPOSE,
            at=at,
            allowed=frozenset(TYPES[name] for name in kind["formats"]),
            application_id=row.pk,
        )
        if not kind["many"]:
            row.attachments.filter(key=key).delete()
        added = row.attachments.create(
            organisation_id=row.organisation_id, key=key, file=file, added_by_id=actor.user_id, added_at=at
        )
        changed(row, page.key, actor=actor, at=at)
    return added


def detach(application: Application, pk: int, *, actor: Actor, at: datetime) -> None:
    """Takes a file off the application; versions that were submitted keep it. Raises Refused for a locked page."""
    with operation(actor=actor, at=at):
        row = changeable(application, "删除附件", actor, at, action="application.attach")
        attachment = row.attachments.get(pk=pk)
        page, _ = _kind(row, attachment.key, actor)
        attachment.delete()
        changed(row, page.key, actor=actor, at=at)


def _kind(row: Application, key: str, actor: Actor):
    """The page and the entry of the attachment list, if the page is open and the file this actor's to bring."""
    page = next((section for section in row.definition() if key in section.attachments), None)
    if page is None:
        raise Refused("上传附件", [failed("申报材料清单里没有这一项", article=Article(13, 2))])
    require_open(row, page.key)
    kind = reference("attachments")[key]
    if actor.role == Role.APPLICANT and kind["uploader"] != "applicant":
        raise Refused("上传附件", [failed(f"{kind.name}由单位经办人上传", article=Article(13, 2))])
    return page, kind


def _require_fit(row: Application, kind, uploaded: UploadedFile, unclassified: bool) -> None:
    if not unclassified:
        raise Refused("上传附件", [failed("请先确认材料不含涉密内容", article=Article(14))])
    if uploaded.size > kind["max_mb"] * MEBIBYTE:
        size = f"{uploaded.size / MEBIBYTE:.1f}"
        raise Refused("上传附件", [failed(f"文件 {size} MB，超过 {kind['max_mb']} MB。请压缩后再传", label=kind.name)])
    if kind["many"] and row.attachments.filter(key=kind.code).count() >= MOST_OF_ONE_KIND:
        raise Refused("上传附件", [failed(f"{attachment_name(kind.code)}最多 {MOST_OF_ONE_KIND} 个文件")])
