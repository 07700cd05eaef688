"""Two submitted versions side by side, field by field, for whoever may read them."""

from django.http import Http404

from applications.models import Application
from applications.reading import differences
from portal.web.components import Difference
from portal.web.links import record_url
from portal.web.views import OfRecord


class Compare(OfRecord):
    """?old=1&new=2; without numbers the last two."""

    action = "application.compare"
    model = Application
    related = ("cycle", "organisation", "recommender")
    template_name = "applications/compare.html"

    def versions(self):
        """Raises Http404 unless both are there."""
        found = {each.number: each for each in self.record.versions.all()}
        last = max(found, default=0)
        asked = [self.request.GET.get("old") or str(last - 1), self.request.GET.get("new") or str(last)]
        numbers = [int(number) for number in asked if number.isdecimal() and len(number) < 6]
        if len(numbers) != 2 or not set(numbers) <= found.keys():
            raise Http404
        return found[numbers[0]], found[numbers[1]]

    def context(self) -> dict:
        old, new = self.versions()
        changed = differences(self.record.definition(), old.content["sections"], new.content["sections"])
        return {
            "title": f"对照：{self.record.number} 第 {old.number} 版与第 {new.number} 版",
            "record": self.record,
            "old": old,
            "new": new,
            "differences": [
                Difference(f"{section}：{label}", before or "（空）", after or "（空）")
                for section, label, before, after in changed
            ],
            "files": file_changes(old.content["attachments"], new.content["attachments"]),
            "back_url": record_url(self.record, self.actor),
        }


def file_changes(old: list[dict], new: list[dict]) -> list[tuple[str, str]]:
    """[(新增 | 删除, name)] of the attachments."""
    before, after = ({each["sha256"]: each["name"] for each in files} for files in (old, new))
    added = [("新增", name) for digest, name in after.items() if digest not in before]
    return added + [("删除", name) for digest, name in before.items() if digest not in after]
