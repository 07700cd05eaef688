"""异议 by anybody (Art. 19)."""

from django.urls import path

from review.views import public as views

public = [
    path("publicity/<str:no>/objection/", views.File.as_view(), name="objection.file"),
    path("objections/receipt/", views.Receipt.as_view(), name="objection.receipt"),
    path("objections/", views.Follow.as_view(), name="objection.follow"),
]
