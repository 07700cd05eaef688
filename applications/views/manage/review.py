"""The city's review of one application: check-list, return, decision, deadlines, identity (Art. 14, 15, 33)."""

from applications.commands import cast_review as commands
from applications.forms import cast_review as forms
from applications.models import Application
from applications.models.dossier import definition_of
from applications.reading import sections_of
from portal.web.formats import due_text, instant_text
from portal.web.views import ApprovePage, DeedPage, PreparePage, StepPage


class OfApplication:
    """What every page of this module says it is about."""

    model = Application
    related = ("organisation", "recommender", "field", "cycle")

    def summary(self) -> list[tuple[str, str]]:
        application = self.record
        return [
            ("编号", application.number),
            ("申报人", application.applicant_name),
            ("依托单位", application.organisation.name),
            ("推荐单位", application.recommender.name if application.recommender else ""),
            ("状态", application.state_label(self.actor)),
        ]


class Review(OfApplication, StepPage):
    """The check-list, article by article, the machine's finding beside each item; the application to read below."""

    step = "review"
    form_class = forms.ReviewForm
    template_name = "applications/manage_review.html"
    command = staticmethod(commands.review)

    def context(self) -> dict:
        version = self.record.latest()
        return {
            **super().context(),
            "submit_label": "保存审查清单",
            "looked_at": f"第 {version.number} 版，{instant_text(version.created_at)}" if version else "",
            "content": sections_of(definition_of(self.record.cycle), version.content["sections"]) if version else [],
        }


class ReturnForCorrection(OfApplication, StepPage):
    step = "return_for_correction"
    form_class = forms.ReturnForm
    template_name = "applications/manage_return.html"
    command = staticmethod(commands.return_for_correction)

    def summary(self) -> list[tuple[str, str]]:
        left = self.record.cycle.max_corrections - self.record.correction_count
        return [*super().summary(), ("还可退回补正", f"{max(left, 0)} 次")]

    def consequences(self) -> list[str]:
        return ["依托单位只能修改下面写明的部分，需要修改的内容应一次性告知", "逾期锁定，不自动作出结论"]


class PassReview(OfApplication, StepPage):
    step = "pass_review"
    command = staticmethod(commands.pass_review)


class TakeBack(OfApplication, StepPage):
    step = "take_back"
    command = staticmethod(commands.take_back)


class Extend(OfApplication, StepPage):
    """For this unit alone."""

    step = "extend"
    form_class = forms.UntilForm
    command = staticmethod(commands.extend)

    def summary(self) -> list[tuple[str, str]]:
        waits = self.record.state == Application.State.RETURNED_BY_CAST
        label, now = ("补正期限", self.record.correction_due_at) if waits else ("提交截止", self.record.closes_at())
        return [*super().summary(), (label, due_text(now, self.at) if now else "")]


class PrepareReject(OfApplication, PreparePage):
    step = "reject"
    form_class = forms.RejectForm
    command = staticmethod(commands.prepare_reject)


class ApproveReject(OfApplication, ApprovePage):
    step = "reject"

    def proposal(self, prepared) -> list[tuple[str, str]]:
        return [("依据", prepared.values["article"])]


class PrepareDisqualify(OfApplication, PreparePage):
    step = "disqualify"
    command = staticmethod(commands.prepare_disqualify)


class ApproveDisqualify(OfApplication, ApprovePage):
    step = "disqualify"


class Reveal(OfApplication, DeedPage):
    """Identity number and mobile, with a reason that is logged. Shown once, in the answer itself, never kept."""

    action = "application.reveal"
    form_class = forms.RevealForm
    template_name = "applications/manage_reveal.html"
    submit_label = "查看"

    def context(self) -> dict:
        return {**super().context(), "summary": self.summary()}

    def act(self, form):
        self.revealed = commands.reveal_identity(
            self.record, actor=self.actor, at=self.at, reason=form.cleaned_data["reason"]
        )
        return self.record

    def post(self, request, *args, **kwargs):
        self.revealed: dict[str, str] = {}
        response = super().post(request, *args, **kwargs)
        if not self.revealed:
            return response
        shown = self.show(form=self.form(), revealed=list(self.revealed.items()))
        shown["Cache-Control"] = "no-store"
        return shown
