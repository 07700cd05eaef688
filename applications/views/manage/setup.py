"""The pages of the set-up: each changes one part of a year in preparation."""

from django.http import Http404
from django.shortcuts import redirect

from applications.commands import cycle as commands
from applications.forms import cycle as forms
from applications.models import Cycle
from applications.views.manage.years import OfYear
from portal.web.views import DeedPage


class SetUpPage(OfYear, DeedPage):
    """One part of the set-up. Once the year has opened there is nothing to edit: back to the overview."""

    action = "cycle.edit"
    template_name = "applications/manage_setup.html"
    what = ""

    def declare(self) -> None:
        self.title = self.what

    def get(self, request, *args, **kwargs):
        if self.record.state != Cycle.State.PREPARING:
            return redirect(self.back_url())
        return super().get(request, *args, **kwargs)

    def act(self, form):
        return commands.edit(
            self.record,
            actor=self.actor,
            at=self.at,
            version=form.cleaned_data.get("version"),
            what=self.what,
            **form.values(),
        )

    def context(self) -> dict:
        title = f"{self.what}：{self.record.year} 年度"
        return {**super().context(), "title": title, "heading": title}


class Times(SetUpPage):
    what = "时间、界限和资助"
    form_class = forms.TimesForm


class Fields(SetUpPage):
    """Art. 9."""

    what = "支持领域和名额"
    form_class = forms.FieldsForm

    def act(self, form):
        return DeedPage.act(self, form)

    command = staticmethod(commands.set_fields)


class Quotas(OfYear, DeedPage):
    """Art. 11. In preparation they are set, later changed with a reason and never below what is used."""

    action = "cycle.edit_quotas"
    title = "推荐名额"
    template_name = "applications/manage_setup.html"
    form_class = forms.QuotasForm
    command = staticmethod(commands.set_quotas)


class Settings(SetUpPage):
    what = "参数"
    form_class = forms.SettingsForm


class Rubric(SetUpPage):
    """Art. 18, 32."""

    form_class = forms.RubricForm

    def form_options(self) -> dict:
        if self.kwargs["rubric"] not in self.record.rubrics:
            raise Http404
        return {**super().form_options(), "rubric": self.kwargs["rubric"]}

    def act(self, form):
        rubrics = {**self.record.rubrics, self.kwargs["rubric"]: form.changed()}
        return commands.edit(
            self.record,
            actor=self.actor,
            at=self.at,
            version=form.cleaned_data.get("version"),
            what=form.rubric["name"],
            rubrics=rubrics,
        )

    def context(self) -> dict:
        name = self.record.rubrics.get(self.kwargs["rubric"], {}).get("name", "")
        title = f"{name}：{self.record.year} 年度"
        return {**super().context(), "title": title, "heading": title}


class Limits(SetUpPage):
    what = "申报书字数"
    form_class = forms.LimitsForm
