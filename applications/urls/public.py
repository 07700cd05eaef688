"""Pages for everybody."""

from django.urls import path

from applications import public_blocks  # noqa: F401  (fills the home page)
from applications.views import public as views

public = [
    path("notices/", views.Notices.as_view(), name="notice.list"),
    path("notices/<str:no>/", views.PublicNotice.as_view(), name="notice.view"),
    path("publicity/", views.Publicities.as_view(), name="publicity.list"),
    path("publicity/<str:no>/", views.Publicity.as_view(), name="publicity.view"),
    path("recommenders/", views.Recommenders.as_view(), name="recommenders"),
    path("check/", views.CheckStart.as_view(), name="check"),
    path("check/result/", views.CheckResult.as_view(), name="check.result"),
    path("check/<int:number>/", views.CheckQuestion.as_view(), name="check.question"),
]
