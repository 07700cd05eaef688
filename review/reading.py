"""An application as an expert reads it: the submitted version without identity and contact (Art. 33)."""

from collections.abc import Mapping
from typing import Any

from applications.files import NEVER_FOR_EXPERTS
from applications.form_schema import Definition
from applications.models import ApplicationVersion
from applications.models.dossier import definition_of
from applications.reading import sections_of
from portal.files.models import StoredFile
from portal.reference import reference
from portal.web.components import Section

HIDDEN = {"id_type", "id_number", "mobile", "email", "phone", "address", "birth_date", "ethnicity", "politics"}
SECRET_LEVEL = "P2"


def readable(definition: Definition, content: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The content without what no judgement needs: identity, contact, and every field of the secret level."""
    secret = {tuple(path.split(".")) for path in definition.of_level(SECRET_LEVEL)}
    return {
        section: {
            key: value
            for key, value in values.items()
            if not (section == "basic" and key in HIDDEN) and (section, key) not in secret
        }
        for section, values in content.items()
    }


def pages(version: ApplicationVersion, cycle) -> list[tuple[str, Section]]:
    """(anchor, section) of the text view, empty facts left out."""
    definition = definition_of(cycle)
    found = []
    for number, section in enumerate(sections_of(definition, readable(definition, version.content["sections"])), 1):
        items = [(label, value) for label, value in section.items if value]
        if items or section.table:
            found.append((f"part-{number}", Section(section.title, items, section.table)))
    return found


def attachments(version: ApplicationVersion) -> list[tuple[str, StoredFile]]:
    """(what it is, file) of the files that were submitted and that an expert may see, as far as they are reached."""
    listed = {each["file"]: each["key"] for each in version.content.get("attachments", ())}
    files = StoredFile.objects.filter(pk__in=[pk for pk, key in listed.items() if key not in NEVER_FOR_EXPERTS])
    names = reference("attachments")
    return [(names[listed[str(file.pk)]].name, file) for file in files.order_by("created_at")]
