"""/manage/: the city's pages. Records by number; years only for dashboards, lists and set-up."""

from django.urls import path

from applications.commands import cast_review, notice
from applications.commands.cycle import COMMANDS
from applications.forms.cast_review import UntilForm
from applications.forms.notice import ScheduleForm
from applications.models import Cycle, Notice
from applications.views.manage import applications, cycle, dashboard, lists, notices, review, setup
from portal.web import routes
from portal.web.views import StepPage

years = [
    path("", cycle.CurrentYear.as_view(), name="cycle.current"),
    path("cycles/", cycle.CycleList.as_view(), name="cycle.list"),
    path("cycles/new/", cycle.NewCycle.as_view(), name="cycle.create"),
    path("policies/", cycle.PolicyList.as_view(), name="policy.list"),
    path("policies/new/", cycle.NewPolicy.as_view(), name="policy.create"),
    path("<int:year>/", dashboard.Dashboard.as_view(), name="cycle.dashboard"),
    path("<int:year>/setup/", cycle.CyclePage.as_view(), name="cycle.view"),
    path("<int:year>/setup/times/", setup.Times.as_view(), name="cycle.edit"),
    path("<int:year>/setup/fields/", setup.Fields.as_view(), name="cycle.edit.fields"),
    path("<int:year>/setup/settings/", setup.Settings.as_view(), name="cycle.edit.settings"),
    path("<int:year>/setup/form/", setup.Limits.as_view(), name="cycle.edit.form"),
    path("<int:year>/setup/rubrics/<slug:rubric>/", setup.Rubric.as_view(), name="cycle.edit.rubric"),
    path("<int:year>/quotas/", setup.Quotas.as_view(), name="cycle.edit_quotas"),
    path("<int:year>/times/", cycle.MoveWindows.as_view(), name="cycle.move_windows"),
    *(
        path(
            f"<int:year>/{name.replace('_', '-')}/",
            cycle.AdvancePage.as_view(step=name, command=staticmethod(command)),
            name=Cycle.steps[name].action,
        )
        for name, command in COMMANDS.items()
    ),
]

notice_steps = {"approve": notice.approve, "send_back": notice.send_back, "end": notice.end, "archive": notice.archive}
public_notices = [
    path("notices/", notices.NoticeList.as_view(), name="notice.list"),
    path("notices/new/", notices.NewNotice.as_view(), name="notice.create"),
    path("<int:year>/notices/call/", notices.ComposeCall.as_view(), name="notice.compose"),
    path("notices/<str:no>/", notices.NoticePage.as_view(), name="notice.view"),
    path("notices/<str:no>/edit/", notices.EditNotice.as_view(), name="notice.edit"),
    path("notices/<str:no>/publish/", notices.PublishNotice.as_view(), name="notice.publish"),
    path(
        "notices/<str:no>/schedule/",
        StepPage.as_view(model=Notice, step="schedule", form_class=ScheduleForm, command=staticmethod(notice.schedule)),
        name="notice.schedule",
    ),
    *routes.steps("notices", Notice, notice_steps),
]

unit_lists = [
    path("lists/", cycle.CurrentList.as_view(action="list.list", target="manage:list.list"), name="list.current"),
    path("<int:year>/lists/", lists.ListsOfYear.as_view(), name="list.list"),
    path("lists/<str:no>/", lists.ListPageOfUnit.as_view(), name="list.view"),
    *(
        path(
            f"lists/<str:no>/{name.replace('_', '-')}/",
            lists.ListStep.as_view(step=name, command=staticmethod(command), **options),
            name=f"list.{name}",
        )
        for name, command, options in (
            ("accept", cast_review.accept_list, {}),
            ("return_to_unit", cast_review.return_list, {}),
            ("extend", cast_review.extend_list, {"form_class": UntilForm}),
        )
    ),
]

of_one = {
    "receive": applications.ReceiveOne,
    "review": review.Review,
    "return-for-correction": review.ReturnForCorrection,
    "pass-review": review.PassReview,
    "take-back": review.TakeBack,
    "extend": review.Extend,
    "reject/prepare": review.PrepareReject,
    "reject": review.ApproveReject,
    "disqualify/prepare": review.PrepareDisqualify,
    "disqualify": review.ApproveDisqualify,
    "reveal": review.Reveal,
    "compare": applications.CompareVersions,
}
city_review = [
    path(
        "applications/",
        cycle.CurrentList.as_view(action="application.list", target="manage:application.list"),
        name="application.current",
    ),
    path("<int:year>/applications/", applications.ApplicationsOfYear.as_view(), name="application.list"),
    path("<int:year>/applications/receive/", applications.ReceiveMany.as_view(), name="application.receive_many"),
    path("applications/<str:no>/", applications.ApplicationPage.as_view(), name="application.view"),
    *(
        path(
            f"applications/<str:no>/{slug}/",
            view.as_view(),
            name=f"application.{slug.replace('-', '_').replace('/', '.')}",
        )
        for slug, view in of_one.items()
    ),
]

manage = [*years, *public_notices, *unit_lists, *city_review]
