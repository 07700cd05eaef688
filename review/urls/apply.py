"""/apply/: what a host unit asks of the review."""

from django.urls import path

from review.views.avoidance import Avoid

apply = [path("<str:no>/avoid/", Avoid.as_view(), name="avoidance.ask")]
