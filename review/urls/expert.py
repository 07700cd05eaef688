"""/expert/: one's own number and the meeting's, never a key."""

from django.urls import path

from review.views.expert import bench, work

one = {
    "": bench.Bench,
    "submit/": bench.SubmitOne,
    "recuse/": bench.Recuse,
    "decline/": bench.Decline,
}
expert = [
    path("", work.MyReviews.as_view(), name="assignment.list"),
    path("pledge/", work.Pledge.as_view(), name="undertaking.sign"),
    path("conflicts/", work.Declare.as_view(), name="assignment.declare"),
    path("notes/", work.Notes.as_view(), name="assignment.notes"),
    path("summary/", work.Summary.as_view(), name="assignment.summary"),
    path("summary/submit/", work.SubmitAll.as_view(), name="assignment.submit_all"),
    *(
        path(f"<int:n>/{slug}", view.as_view(), name=f"assignment.{slug.rstrip('/') or 'score'}")
        for slug, view in one.items()
    ),
]
