"""/files/<uuid>/ and its page images."""

from django.urls import path

from portal.files import views

urlpatterns = [
    path("files/<uuid:pk>/", views.FileDownload.as_view(), name="file.download"),
    path("files/<uuid:pk>/p/<int:number>.webp", views.FilePage.as_view(), name="file.page"),
]
