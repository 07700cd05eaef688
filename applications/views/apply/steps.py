"""The steps of an application that the unit takes, and who fills it in."""

from applications.commands import application as verbs
from applications.forms.application import (
    ApplicantPromises,
    InviteForm,
    RecommenderForm,
    UnitPromises,
)
from applications.models import Application
from applications.views.apply.base import RELATED, OfApplication
from portal.web.forms import StepForm
from portal.web.views import DeedPage, StepPage


class UnitStep(OfApplication, StepPage):
    """One step with the application in words above it."""

    template_name = "applications/apply_step.html"

    def summary(self) -> list[tuple[str, str]]:
        record = self.record
        return [
            ("申报编号", record.number),
            ("申报人", record.applicant_name),
            ("主申报领域", record.field.name if record.field else ""),
            ("推荐单位", record.recommender.name if record.recommender else ""),
        ]

    def context(self) -> dict:
        return {**super().context(), "breadcrumbs": self.crumbs((self.declared.label, ""))}


class Sign(UnitStep):
    step = "sign_declaration"
    form_class = ApplicantPromises
    command = staticmethod(verbs.sign_declaration)

    def consequences(self) -> list[str]:
        return ["签署后如再修改申报书，须重新签署"]


class Submit(UnitStep):
    step = "submit"
    form_class = UnitPromises
    command = staticmethod(verbs.submit)

    def context(self) -> dict:
        context = super().context()
        unit = self.record.recommender
        if unit:
            context |= {"submit_label": f"提交给{unit.short_name or unit.name}"}
        return context

    def success_url(self, result: Application) -> str:
        return self.url("application.receipt")


class Resubmit(UnitStep):
    step = "resubmit"
    form_class = UnitPromises
    command = staticmethod(verbs.resubmit)

    def success_url(self, result: Application) -> str:
        return self.url("application.receipt")


class Withdraw(UnitStep):
    step = "withdraw"
    form_class = StepForm
    command = staticmethod(verbs.withdraw)


class Invite(OfApplication, DeedPage):
    """邀请申报人: an account of the unit, or a new one; the one-time link is shown once, here."""

    action = "application.invite"
    form_class = InviteForm
    template_name = "applications/apply_invite.html"
    submit_label = "邀请"
    title = "邀请申报人"
    related = RELATED

    def post(self, request, *args, **kwargs):
        self.invited = None
        answer = super().post(request, *args, **kwargs)
        if self.invited is None or not self.invited.link:
            return answer
        return self.show(invited=self.invited, link=request.build_absolute_uri(self.invited.link))

    def act(self, form):
        self.invited = verbs.invite(self.record, **form.values(), actor=self.actor, at=self.at)
        return self.record

    def context(self) -> dict:
        return {**super().context(), "applicant": self.record.applicant, "breadcrumbs": self.crumbs((self.title, ""))}


class ChooseRecommender(OfApplication, DeedPage):
    """选择推荐单位, where the unit stands under several."""

    action = "application.edit"
    form_class = RecommenderForm
    title = "选择推荐单位"
    command = staticmethod(verbs.choose_recommender)
