"""/recommend/: the recommending unit's pages."""

from django.urls import path

from applications.urls import numbers  # noqa: F401  (it registers the converters)
from applications.views.comparing import Compare
from applications.views.recommend import lists, ranking, screening

recommend = [
    path("", screening.ScreeningList.as_view(), name="application.list"),
    path("rank/", ranking.Current.as_view(target="list.rank"), name="list.current_rank"),
    path("summary/", ranking.Current.as_view(), name="list.current"),
    path("rules/", lists.PublishRules.as_view(), name="rules.publish"),
    path("<application:no>/", screening.ScreeningPage.as_view(), name="application.view"),
    path("<application:no>/compare/", Compare.as_view(), name="application.compare"),
    path("<application:no>/screen/", screening.Screen.as_view(), name="application.screen"),
    path("<application:no>/return/", screening.Return.as_view(), name="application.return_for_revision"),
    path("<application:no>/qualify/", screening.Qualify.as_view(), name="application.qualify"),
    path("<application:no>/nominate/", screening.Nominate.as_view(), name="application.nominate"),
    path("<application:no>/unnominate/", screening.Unnominate.as_view(), name="application.unnominate"),
    path("<application:no>/reject/", screening.Decline.as_view(), name="application.decline"),
    path("<application:no>/opinion/", screening.WriteOpinion.as_view(), name="application.write_opinion"),
    path("summary/<list:no>/", lists.ListPageOfOwn.as_view(), name="list.view"),
    path("rank/<list:no>/", ranking.RankPage.as_view(), name="list.rank"),
    path("summary/<list:no>/request/", lists.RequestApproval.as_view(), name="list.request_approval"),
    path("summary/<list:no>/send-back/", lists.SendBack.as_view(), name="list.send_back"),
    path("summary/<list:no>/report/", lists.SubmitList.as_view(), name="list.submit"),
    path("summary/<list:no>/withdraw/", lists.WithdrawList.as_view(), name="list.withdraw"),
    path("summary/<list:no>/scan/", lists.AttachScan.as_view(), name="list.attach_scan"),
    path("summary/<list:no>/print/", lists.PrintList.as_view(), name="list.print"),
    path("summary/<list:no>/summary.xlsx", lists.ExcelOfList.as_view(), name="list.excel"),
]
