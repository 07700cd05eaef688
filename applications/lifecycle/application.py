"""申报: one nomination from draft to selection (Art. 8, 10, 13, 14, 15).

The steps of review (network, panel, publicity) are declared here, because the state is the application's, and taken
by the commands of the app that judges them (`by_command`).
"""

from django.db import models

from applications import cast_answers, rules
from applications.declarations import missing_promises
from portal.regulation.articles import Article
from portal.regulation.rules import Verdict, failed
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

WITH_HOST = ("draft", "returned_by_recommender")
UNDER_REVIEW = frozenset(
    {
        "eligible",
        "in_network_review",
        "panel_candidate",
        "network_failed",
        "in_panel_review",
        "proposed",
        "panel_failed",
    }
)


class ApplicationLifecycle(Lifecycle):
    machine = "application"
    label = "申报"

    class State(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "已提交"
        RETURNED_BY_RECOMMENDER = "returned_by_recommender", "推荐单位退回"
        QUALIFIED = "qualified", "初筛合格"
        RECOMMENDED = "recommended", "拟推荐"
        NOT_RECOMMENDED = "not_recommended", "未获推荐"
        FORWARDED = "forwarded", "已报市科协"
        IN_CAST_REVIEW = "in_cast_review", "审查中"
        RETURNED_BY_CAST = "returned_by_cast", "待补正"
        ELIGIBLE = "eligible", "审查通过"
        REJECTED = "rejected", "审查不通过"
        IN_NETWORK_REVIEW = "in_network_review", "网络评审中"
        PANEL_CANDIDATE = "panel_candidate", "入围会评"
        NETWORK_FAILED = "network_failed", "网评未入围"
        IN_PANEL_REVIEW = "in_panel_review", "会评中"
        PROPOSED = "proposed", "拟入选"
        PANEL_FAILED = "panel_failed", "会评未通过"
        IN_PUBLICITY = "in_publicity", "公示中"
        OBJECTION_HOLD = "objection_hold", "异议核查中"
        SELECTED = "selected", "正式入选"
        CANCELLED = "cancelled", "取消入选"
        WITHDRAWN = "withdrawn", "已撤回"
        DISQUALIFIED = "disqualified", "取消资格"

    state = StateField(State)
    final = frozenset(
        {
            "not_recommended",
            "rejected",
            "network_failed",
            "panel_failed",
            "selected",
            "cancelled",
            "withdrawn",
            "disqualified",
        }
    )
    colours = {
        "draft": "grey",
        "submitted": "blue",
        "returned_by_recommender": "red",
        "qualified": "blue",
        "recommended": "green",
        "not_recommended": "grey",
        "forwarded": "blue",
        "in_cast_review": "blue",
        "returned_by_cast": "red",
        "eligible": "green",
        "rejected": "red",
        "in_network_review": "purple",
        "panel_candidate": "purple",
        "network_failed": "grey",
        "in_panel_review": "purple",
        "proposed": "green",
        "panel_failed": "grey",
        "in_publicity": "purple",
        "objection_hold": "amber",
        "selected": "green",
        "cancelled": "red",
        "withdrawn": "grey",
        "disqualified": "red",
    }
    now_with = {
        "draft": "依托单位",
        "submitted": "推荐单位",
        "returned_by_recommender": "依托单位",
        "qualified": "推荐单位",
        "recommended": "推荐单位",
        "forwarded": "市科协",
        "in_cast_review": "市科协",
        "returned_by_cast": "依托单位",
        "eligible": "市科协",
        "in_network_review": "市科协",
        "panel_candidate": "市科协",
        "in_panel_review": "市科协",
        "proposed": "市科协",
        "in_publicity": "社会公众",
        "objection_hold": "市科协",
    }

    class Meta:
        abstract = True

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

    @step(
        "退回修改",
        source=["submitted"],
        target="returned_by_recommender",
        articles=[Article(13, 4)],
        guards=["sections_named", "application_window_open"],
        sentence="{actor}退回{ref}修改：{sections}",
    )
    def return_for_revision(self, *, actor, at, notes=(), due_at=None, **values):
        self.revision_due_at = due_at
        return self.reopen(notes, actor=actor, at=at, from_cast=False)

    @step(
        "初筛合格",
        source=["submitted"],
        target="qualified",
        articles=[Article(12), Article(13, 4)],
        guards=["checks_answered", "list_open"],
        sentence="{actor}认定{ref}初筛合格",
    )
    def qualify(self, *, actor, at, **values):
        self.qualified_at = at

    @step(
        "列为拟推荐",
        source=["qualified"],
        target="recommended",
        articles=[Article(11), Article(13, 4)],
        guards=["list_open", "inside_quota"],
        confidential=True,
        sentence="{actor}把{ref}列为拟推荐",
    )
    def nominate(self, *, actor, at, **values):
        pass

    @step(
        "移出名额",
        source=["recommended"],
        target="qualified",
        articles=[Article(12), Article(13, 4)],
        guards=["list_open"],
        confidential=True,
        sentence="{actor}把{ref}移出名额，列为备选",
    )
    def unnominate(self, *, actor, at, **values):
        pass

    @step(
        "不予推荐",
        source=["submitted", "qualified", "recommended"],
        target="not_recommended",
        articles=[Article(13, 4)],
        guards=["list_open"],
        reason=True,
        irreversible=True,
        consequences=["本次申报结束", "理由在名单报送后告知依托单位"],
        confidential=True,
        sentence="{actor}对{ref}不予推荐",
    )
    def decline(self, *, actor, at, **values):
        pass

    @step(
        "报送市科协",
        source=["recommended"],
        target="forwarded",
        articles=[Article(13, 5)],
        by_command=True,
        sentence="{ref}随推荐名单报送市科协",
    )
    def forward(self, *, actor, at, **values):
        pass

    @step(
        "撤回报送",
        source=["forwarded"],
        target="recommended",
        articles=[Article(13, 5)],
        by_command=True,
        sentence="{ref}随推荐名单退回推荐单位",
    )
    def unforward(self, *, actor, at, **values):
        pass

    @step(
        "未进入推荐名额",
        source=["qualified"],
        target="not_recommended",
        articles=[Article(11), Article(13, 4)],
        by_command=True,
        sentence="{ref}未进入推荐名额",
    )
    def leave_out(self, *, actor, at, **values):
        self.outcome_reason, self.outcome_told_at = "未进入推荐名额", at

    @step(
        "受理",
        source=["forwarded"],
        target="in_cast_review",
        articles=[Article(15)],
        guards=["list_accepted"],
        sentence="{actor}受理了{ref}",
    )
    def receive(self, *, actor, at, **values):
        pass

    @step(
        "填写审查清单",
        source=["in_cast_review"],
        target=None,
        articles=[Article(15)],
        guards=["answers_reasoned"],
        confidential=True,
        sentence="{actor}填写了{ref}的审查清单，{answered} 项，改判 {overridden} 项",
    )
    def review(self, *, actor, at, answers, **values):
        """answers: {item: cast_answers.Answer}; the command keeps them as CastCheck rows."""
        found = {item.key: item.finding for item in self.cast_items()}
        against = [key for key, given in answers.items() if cast_answers.overrides(found[key], given.answer)]
        return {"answered": len(answers), "overridden": len(against), "items": against}

    @step(
        "退回补正",
        source=["in_cast_review"],
        target="returned_by_cast",
        articles=[Article(15)],
        guards=["sections_named", "corrections_left"],
        sentence="{actor}退回{ref}补正：{sections}",
    )
    def return_for_correction(self, *, actor, at, notes=(), due_at=None, **values):
        self.correction_count += 1
        self.correction_due_at = due_at
        return self.reopen(notes, actor=actor, at=at, from_cast=True)

    @step(
        "补正提交",
        source=["returned_by_cast"],
        target="in_cast_review",
        articles=[Article(15)],
        guards=[
            "correction_in_time",
            "content_ready",
            "notes_answered",
            "eligible_by_rule",
            "declaration_signed",
            "unit_promised",
        ],
        irreversible=True,
        consequences=["提交后不能自行修改"],
        sentence="{actor}提交了{ref}的补正",
    )
    def resubmit(self, *, actor, at, **values):
        self.require_person(self.step("resubmit").label)
        self.reopened_sections, self.correction_due_at = [], None
        self.settle_notes(at)
        frozen = self.freeze(actor=actor, at=at)
        return {"number": frozen.number, "digest": frozen.digest}

    @step(
        "收回补正",
        source=["returned_by_cast"],
        target="in_cast_review",
        articles=[Article(15)],
        guards=["correction_overdue"],
        reason=True,
        sentence="{actor}收回了{ref}的补正，恢复审查",
    )
    def take_back(self, *, actor, at, **values):
        """An expired correction decides nothing by itself: a person takes the application back and judges it."""
        self.reopened_sections, self.correction_due_at = [], None

    @step(
        "延长期限",
        source=["draft", "returned_by_recommender", "returned_by_cast"],
        target=None,
        articles=[Article(13, 3), Article(15)],
        guards=["extended_later"],
        reason=True,
        sentence="{actor}把{ref}的期限延长至 {until}",
    )
    def extend(self, *, actor, at, until, **values):
        """For this unit alone: the correction deadline where the city waits for one, else the submission deadline."""
        name = "correction_due_at" if self.state == "returned_by_cast" else "extended_until"
        before = self.correction_due_at if name == "correction_due_at" else self.closes_at()
        setattr(self, name, until)
        return {"until": deadline_text(until), "before": deadline_text(before) if before else ""}

    @step(
        "审查通过",
        source=["in_cast_review"],
        target="eligible",
        articles=[Article(15)],
        guards=["cast_checks_answered"],
        sentence="{actor}认定{ref}审查通过",
    )
    def pass_review(self, *, actor, at, **values):
        pass

    @step(
        "审查不通过",
        source=["in_cast_review"],
        target="rejected",
        articles=[Article(15)],
        reason=True,
        four_eyes=True,
        irreversible=True,
        consequences=["本次申报结束", "结论和所依据的条款告知依托单位"],
        sentence="{actor}批准{ref}审查不通过，依据{cited}",
    )
    def reject(self, *, actor, at, article="", **values):
        return {"cited": article}

    @step(
        "取消申报资格",
        source=[
            "draft",
            "submitted",
            "returned_by_recommender",
            "qualified",
            "recommended",
            "forwarded",
            "in_cast_review",
            "returned_by_cast",
            "eligible",
            "in_network_review",
            "panel_candidate",
            "in_panel_review",
            "proposed",
            "in_publicity",
            "objection_hold",
        ],
        target="disqualified",
        articles=[Article(14)],
        reason=True,
        four_eyes=True,
        irreversible=True,
        consequences=["取消依托单位和申报人当年申报资格", "本次申报结束"],
        sentence="{actor}取消了{ref}的申报资格",
    )
    def disqualify(self, *, actor, at, **values):
        pass

    # --- taken by the commands of review -----------------------------------------------------------------------------

    @step(
        "进入网络评审",
        source=["eligible"],
        target="in_network_review",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}进入网络评审",
    )
    def enter_network_review(self, *, actor, at, **values):
        pass

    @step(
        "退出网络评审",
        source=["in_network_review"],
        target="eligible",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}退出本轮网络评审",
    )
    def leave_network_review(self, *, actor, at, **values):
        pass

    @step(
        "入围会评",
        source=["in_network_review"],
        target="panel_candidate",
        articles=[Article(17), Article(18)],
        by_command=True,
        confidential=True,
        sentence="{ref}入围会议评审",
    )
    def advance_to_panel(self, *, actor, at, **values):
        pass

    @step(
        "网评未入围",
        source=["in_network_review"],
        target="network_failed",
        articles=[Article(17), Article(18)],
        by_command=True,
        confidential=True,
        sentence="{ref}网络评审未入围",
    )
    def fail_network(self, *, actor, at, **values):
        pass

    @step(
        "进入会评",
        source=["panel_candidate"],
        target="in_panel_review",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}进入会议评审",
    )
    def enter_panel(self, *, actor, at, **values):
        pass

    @step(
        "拟入选",
        source=["in_panel_review"],
        target="proposed",
        articles=[Article(19)],
        by_command=True,
        confidential=True,
        sentence="{ref}经综合论证拟入选",
    )
    def propose(self, *, actor, at, **values):
        pass

    @step(
        "会评未通过",
        source=["in_panel_review"],
        target="panel_failed",
        articles=[Article(18), Article(19)],
        by_command=True,
        confidential=True,
        sentence="{ref}会议评审和综合论证未通过",
    )
    def fail_panel(self, *, actor, at, **values):
        pass

    @step(
        "进入公示",
        source=["proposed"],
        target="in_publicity",
        articles=[Article(19)],
        by_command=True,
        sentence="{ref}进入拟入选公示",
    )
    def publicise(self, *, actor, at, **values):
        pass

    @step(
        "正式入选",
        source=["in_publicity"],
        target="selected",
        articles=[Article(19), Article(20)],
        by_command=True,
        sentence="{ref}正式入选",
    )
    def select(self, *, actor, at, **values):
        self.selected_at = at

    @step(
        "异议核查",
        source=["in_publicity"],
        target="objection_hold",
        articles=[Article(19)],
        by_command=True,
        sentence="{ref}进入异议核查",
    )
    def hold(self, *, actor, at, **values):
        pass

    @step(
        "异议不成立",
        source=["objection_hold"],
        target="in_publicity",
        articles=[Article(19)],
        by_command=True,
        sentence="异议不成立，{ref}恢复公示",
    )
    def clear(self, *, actor, at, **values):
        pass

    @step(
        "异议成立",
        source=["objection_hold"],
        target="cancelled",
        articles=[Article(19)],
        by_command=True,
        sentence="异议成立，取消{ref}入选",
    )
    def uphold(self, *, actor, at, **values):
        pass

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

    def content_ready(self, *, at, **asked):
        """Every section complete, no error; the cycle's own field, direction and key problem filled (Art. 4, 7, 9)."""
        yield from self.completeness_findings(at=at)

    def notes_answered(self, **asked):
        """What was asked for when the file came back has been done, or answered (Art. 13(4), 15)."""
        for note in self.unanswered_notes():
            label = self.definition()[note.section].label
            yield failed(f"还有 1 处没有处理：{label}", label=label, article=Article(13, 4))

    def declaration_signed(self, **asked):
        if self.declared_at is None:
            yield failed("申报人还没有签署承诺，或签署后又有修改，请重新签署", article=Article(14))

    def recommender_chosen(self, *, at, **asked):
        if self.recommender_id is None:
            yield failed("请选择推荐单位，本项目不受理用人单位的单独申请", article=Article(11))
        elif not self.belongs_to_recommender(at):
            yield failed(f"本单位现在不归{self.recommender.name}推荐，请重新选择推荐单位", article=Article(11))

    def eligible_by_rule(self, *, at, **asked):
        yield from (finding for finding in self.eligibility(at=at) if finding.verdict == Verdict.FAIL)

    def all_promised(self, *, promises=None, **asked):
        if promises is not None and missing_promises("applicant", promises):
            yield failed("请逐项确认承诺内容", article=Article(14))

    def unit_promised(self, *, promises=None, **asked):
        """The unit's own declarations are made with the very act of submitting (Art. 13(3), 14, 21, 22)."""
        if promises is not None and missing_promises("host_approver", promises):
            yield failed("请逐项确认单位承诺", article=Article(13, 3))

    def sections_named(self, *, notes=None, **asked):
        if notes is None:
            return
        named = {key for key, text in dict(notes).items() if text.strip()}
        if not named & {section.key for section in self.definition()}:
            yield failed("请至少对一个部分写明需要修改的内容", article=Article(13, 4))

    def checks_answered(self, **asked):
        yield from self.screening_findings()

    def answers_reasoned(self, *, answers=None, **asked):
        """An answer against the machine's finding, and any that is not 符合, says why."""
        yield from cast_answers.problems(self.cast_items(), answers) if answers is not None else ()

    def cast_checks_answered(self, **asked):
        yield from self.cast_review_findings()

    def list_open(self, **asked):
        if not self.list_is_open():
            yield failed("推荐名单已提请审签或报送，不能再调整", article=Article(13, 5))

    def inside_quota(self, **asked):
        yield self.quota_finding()

    def list_accepted(self, **asked):
        if not self.list_is_accepted():
            yield failed("市科协还没有接收该推荐单位的名单", article=Article(13, 5))

    def corrections_left(self, **asked):
        limit = self.cycle.max_corrections
        if self.correction_count >= limit:
            yield failed(f"补正最多 {limit} 次，已经用完", article=Article(15))

    def correction_in_time(self, *, at, **asked):
        if self.correction_due_at is not None and at >= self.correction_due_at:
            yield failed("补正期限已过，申报已锁定；请联系市科协", article=Article(15))

    def correction_overdue(self, *, at, **asked):
        if self.correction_due_at is not None and at < self.correction_due_at:
            yield failed(f"补正期限（{deadline_text(self.correction_due_at)}）未到", article=Article(15))

    def extended_later(self, *, at, until=None, **asked):
        present = self.correction_due_at if self.state == "returned_by_cast" else self.closes_at()
        if until is not None and (until <= at or (present is not None and until <= present)):
            yield failed("新的期限应晚于现在的期限，也晚于此刻", article=Article(13, 3))
