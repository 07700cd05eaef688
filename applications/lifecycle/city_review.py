"""What 市科协 does with an application: received, reviewed, corrected, decided (Art. 14, 15)."""

from applications import cast_answers
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.web.formats import deadline_text
from portal.workflow.step import step


class CityReview:
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

    # --- guards ------------------------------------------------------------------------------------------------------

    def list_accepted(self, **asked):
        if not self.list_is_accepted():
            yield failed("市科协还没有接收该推荐单位的名单", article=Article(13, 5))

    def answers_reasoned(self, *, answers=None, **asked):
        """An answer against the machine's finding, and any that is not 符合, says why."""
        yield from cast_answers.problems(self.cast_items(), answers) if answers is not None else ()

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

    def cast_checks_answered(self, **asked):
        yield from self.cast_review_findings()
