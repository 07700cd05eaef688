"""What the host unit does with an application: opened, signed, submitted, withdrawn (Art. 8, 10, 11, 13, 14)."""

from applications import rules
from applications.declarations import missing_promises
from portal.regulation.articles import Article
from portal.regulation.rules import Verdict, failed
from portal.workflow.step import opening, step

WITH_HOST = ("draft", "returned_by_recommender")


class Filling:
    """Mixed into ApplicationLifecycle, as are the parts after it; a step may name a guard of another part."""

    create = opening(
        "新建申报",
        articles=[Article(10), Article(13, 1)],
        guards=["cycle_open", "host_may_nominate"],
        sentence="{actor}新建了申报{ref}",
    )

    @step(
        "签署承诺",
        source=["draft", "returned_by_recommender", "returned_by_cast"],
        target=None,
        articles=[Article(8, 2, 2), Article(14)],
        guards=["all_promised"],
        sentence="{actor}签署了{ref}的申报人承诺",
    )
    def sign_declaration(self, *, actor, at, **values):
        self.declared_at, self.declared_by_id = at, actor.user_id

    @step(
        "提交推荐单位",
        source=WITH_HOST,
        target="submitted",
        articles=[Article(8), Article(13, 2), Article(13, 3), Article(14)],
        guards=[
            "application_window_open",
            "recommender_chosen",
            "content_ready",
            "notes_answered",
            "eligible_by_rule",
            "declaration_signed",
            "unit_promised",
        ],
        irreversible=True,
        consequences=["提交后不能自行修改", "推荐单位受理前可以撤回"],
        sentence="{actor}把{ref}提交给{recommender}",
    )
    def submit(self, *, actor, at, **values):
        self.require_person(self.step("submit").label)
        self.submitted_at, self.revision_due_at, self.reopened_sections = at, None, []
        self.settle_notes(at)
        frozen = self.freeze(actor=actor, at=at)
        return {"recommender": self.recommender.name, "number": frozen.number, "digest": frozen.digest}

    @step(
        "撤回申报",
        source=["draft", "submitted", "returned_by_recommender"],
        target="withdrawn",
        articles=[Article(13, 1)],
        reason=True,
        irreversible=True,
        consequences=["本次申报结束，不能恢复", "本单位可以重新推荐其他申报人"],
        sentence="{actor}撤回了申报{ref}",
    )
    def withdraw(self, *, actor, at, **values):
        self.release_person()

    # --- guards: facts gathered here, judged in rules.py -------------------------------------------------------------

    def cycle_open(self, *, at, **asked):
        if self.cycle.state != "open":
            yield failed(f"{self.cycle.ref} 年度现在是“{self.cycle.state_label()}”，不能新建申报", article=Article(16))
        else:
            yield from self.application_window_open(at=at)

    def host_may_nominate(self, **asked):
        """Art. 10: one nominee a unit and year. The database says it again, across simultaneous requests."""
        yield from self.nomination_findings()

    def application_window_open(self, *, at, **asked):
        yield rules.window_open(at, self.cycle.application_opens_at, self.closes_at())

    def recommender_chosen(self, *, at, **asked):
        if self.recommender_id is None:
            yield failed("请选择推荐单位，本项目不受理用人单位的单独申请", article=Article(11))
        elif not self.belongs_to_recommender(at):
            yield failed(f"本单位现在不归{self.recommender.name}推荐，请重新选择推荐单位", article=Article(11))

    def content_ready(self, *, at, **asked):
        """Every section complete, no error; the cycle's own field, direction and key problem filled (Art. 4, 7, 9)."""
        yield from self.completeness_findings(at=at)

    def notes_answered(self, **asked):
        """What was asked for when the file came back has been done, or answered (Art. 13(4), 15)."""
        for note in self.unanswered_notes():
            label = self.definition()[note.section].label
            yield failed(f"还有 1 处没有处理：{label}", label=label, article=Article(13, 4))

    def eligible_by_rule(self, *, at, **asked):
        yield from (finding for finding in self.eligibility(at=at) if finding.verdict == Verdict.FAIL)

    def all_promised(self, *, promises=None, **asked):
        if promises is not None and missing_promises("applicant", promises):
            yield failed("请逐项确认承诺内容", article=Article(14))

    def declaration_signed(self, **asked):
        if self.declared_at is None:
            yield failed("申报人还没有签署承诺，或签署后又有修改，请重新签署", article=Article(14))

    def unit_promised(self, *, promises=None, **asked):
        """The unit's own declarations are made with the very act of submitting (Art. 13(3), 14, 21, 22)."""
        if promises is not None and missing_promises("host_approver", promises):
            yield failed("请逐项确认单位承诺", article=Article(13, 3))
