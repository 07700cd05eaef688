"""What the recommending unit does with an application: screened, given a place, forwarded (Art. 11, 12, 13)."""

from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.workflow.step import step


class Screening:
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

    # --- guards ------------------------------------------------------------------------------------------------------

    def sections_named(self, *, notes=None, **asked):
        if notes is None:
            return
        named = {key for key, text in dict(notes).items() if text.strip()}
        if not named & {section.key for section in self.definition()}:
            yield failed("请至少对一个部分写明需要修改的内容", article=Article(13, 4))

    def checks_answered(self, **asked):
        yield from self.screening_findings()

    def list_open(self, **asked):
        if not self.list_is_open():
            yield failed("推荐名单已提请审签或报送，不能再调整", article=Article(13, 5))

    def inside_quota(self, **asked):
        yield self.quota_finding()
