"""Who may read what was handed in with an objection: whoever reads the objection (Art. 19, 33)."""

from portal.access.decide import decide
from portal.files.access import file_access
from review.commands.objection import EVIDENCE
from review.models import Objection


@file_access(EVIDENCE)
def of_an_objection(actor, file) -> bool:
    return decide(actor, "objection.view", Objection.objects.get(evidence=file)).allowed
