"""What a recommending unit's list holds and what its steps ask. Methods of RecommendationList (Art. 11, 12, 13)."""

from datetime import datetime
from typing import Any

from applications import rules
from applications.models.dossier import digest_of
from applications.opinions import opinion_problem
from applications.stages import TAKES_A_PLACE
from applications.summary import summary_row
from portal.documents.make import current
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed
from portal.workflow.glance import once_a_glance

SUMMARY = "list.summary"


class Listing:
    """Mixed into RecommendationList. Ranks run from 1 without gaps; those recommended stand before the reserves."""

    @once_a_glance
    def quota(self) -> int:
        found = self.cycle.quotas.filter(recommender_id=self.organisation_id).first()
        return found.places if found else 0

    @once_a_glance
    def in_order(self) -> list:
        """The list's entries by rank, their applications loaded with what was submitted of each."""
        entries = self.entries.select_related("application__organisation", "application__field")
        return list(entries.prefetch_related("application__versions").order_by("rank"))

    def nominated(self) -> list:
        """Entries above the line, in order; after 报送 their applications are further on."""
        return [entry for entry in self.in_order() if entry.application.state in TAKES_A_PLACE]

    def reserves(self) -> list:
        """备选: entries below the line, in order."""
        return [entry for entry in self.in_order() if entry.application.state == "qualified"]

    @once_a_glance
    def opinions(self) -> dict:
        """{application id: Opinion} of the entries."""
        opinions = self._meta.apps.get_model("applications", "Opinion").objects
        return {
            each.application_id: each for each in opinions.filter(application__in=self.entries.values("application"))
        }

    # --- guards ------------------------------------------------------------------------------------------------------

    def someone_recommended(self, **asked) -> Finding | None:
        if not self.nominated():
            return failed("还没有拟推荐的人选", article=Article(13, 4))
        return None

    def within_quota(self, **asked) -> Finding:
        return rules.within_quota(len(self.nominated()), self.quota())

    def ranked_without_gaps(self, **asked) -> list[Finding]:
        found = [rules.ranks_complete([entry.rank for entry in self.in_order()])]
        reserves = [entry.rank for entry in self.reserves()]
        above = [entry.rank for entry in self.in_order() if entry.rank not in reserves]
        if reserves and above and min(reserves) < max(above):
            found.append(failed("拟推荐人员应排在备选人员之前", article=Article(13, 4)))
        return found

    def opinions_written(self, **asked) -> list[Finding]:
        """Each nominee has a recommendation opinion; 特别优秀 is confirmed (Art. 8(2)3, 13(4))."""
        opinions = self.opinions()
        problems = (
            (entry.application, opinion_problem(opinions.get(entry.application_id), entry.application))
            for entry in self.nominated()
        )
        return [
            failed(f"{application.applicant_name}：{problem}", article=Article(13, 4), label=application.number)
            for application, problem in problems
            if problem
        ]

    def nothing_unscreened(self, **asked) -> Finding | None:
        """What was handed in must be judged before the list is (Art. 13(4))."""
        waiting = self.cycle.applications.filter(recommender_id=self.organisation_id, state="submitted").count()
        return failed(f"还有 {waiting} 份申报没有初筛", article=Article(13, 4)) if waiting else None

    def within_window(self, *, at: datetime, **asked) -> Finding:
        return rules.window_open(at, None, self.closes_at(), name="推荐单位报送")

    def prepared_by_another(self, *, actor, **asked) -> Finding | None:
        if actor.user_id == self.prepared_by_id:
            return failed("提请审签和报送不能是同一个人", article=Article(13, 4))
        return None

    def scan_matches(self, **asked) -> Finding | None:
        """A stamped scan of an older list is no scan of this one."""
        if self.sealed_scan_id and self.sealed_code != self.printed_code():
            return failed("盖章件的校验码与当前名单不一致，请重新打印、盖章、上传", article=Article(13, 5))
        return None

    # --- the summary -------------------------------------------------------------------------------------------------

    def printed_code(self) -> str:
        """The 校验码 of the 推荐汇总表 in force, '' before it was made."""
        document = current(SUMMARY, self)
        return document.code if document else ""

    def summary_rows(self) -> list[dict[str, Any]]:
        """The 推荐汇总表 of those above the line, from their submitted versions."""
        opinions = self.opinions()
        return [
            summary_row(
                entry.application.latest().content,
                rank=entry.rank,
                recommender=self.organisation.name,
                exceptional_confirmed=bool(
                    (opinion := opinions.get(entry.application_id)) and opinion.exceptional_confirmed
                ),
            )
            for entry in self.nominated()
        ]

    def freeze(self) -> int:
        """Keeps what is sent: the rows, each with its application and opinion, and their digest. Returns how many."""
        opinions = self.opinions()
        rows = [
            {
                **row,
                "application": entry.application.number,
                "version": entry.application.latest().number,
                "opinion": opinions[entry.application_id].text,
            }
            for row, entry in zip(self.summary_rows(), self.nominated(), strict=True)
        ]
        self.frozen = {"year": self.cycle.year, "recommender": self.organisation.name, "rows": rows}
        self.digest = digest_of(self.frozen)
        return len(rows)
