"""Who reads the files of this app (Art. 33): a unit its own drafts, everybody else what was handed in."""

from applications.commands.recommendation import SCAN_PURPOSE
from applications.commands.sections import PURPOSE
from applications.models import Application, ApplicationVersion, RecommendationList
from portal.access.decide import decide
from portal.files.access import file_access
from portal.files.models import StoredFile
from portal.people.actor import Actor
from portal.people.roles import HOST_ROLES, Role

NEVER_FOR_EXPERTS = frozenset({"id_card", "employment_proof"})  # papers that carry identity numbers


@file_access(PURPOSE)
def of_an_application(actor: Actor, file: StoredFile) -> bool:
    """The host unit: its own. Recommending unit and 市科协: files of a submitted version. An expert: those of the last
    version of an application in reach, but for papers that carry identity numbers."""
    if actor.role == Role.EXPERT:
        return _in_last_version(file)
    application = Application.objects.get(pk=file.application_id)
    if not decide(actor, "application.view", application).allowed:
        return False
    return actor.role in HOST_ROLES or any(_names(version, file) for version in application.versions.all())


@file_access(SCAN_PURPOSE)
def of_a_list(actor: Actor, file: StoredFile) -> bool:
    return decide(actor, "list.view", RecommendationList.objects.get(sealed_scan=file)).allowed


def _in_last_version(file: StoredFile) -> bool:
    versions = ApplicationVersion.objects.filter(application_id=file.application_id)
    last = versions.order_by("-number").first()
    return last is not None and _names(last, file, NEVER_FOR_EXPERTS)


def _names(version: ApplicationVersion, file: StoredFile, without: frozenset[str] = frozenset()) -> bool:
    return any(each["file"] == str(file.pk) and each["key"] not in without for each in version.content["attachments"])
