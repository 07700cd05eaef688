"""/documents/<uuid>/ and /verify/."""

from django.urls import path

from portal.documents import views

urlpatterns = [
    path("documents/<uuid:pk>/", views.DocumentDownload.as_view(), name="document.download"),
    path("documents/<uuid:pk>/p/<int:number>.webp", views.DocumentPage.as_view(), name="document.page"),
    path("documents/<uuid:pk>/print/", views.DocumentPrint.as_view(), name="document.print"),
    path("verify/", views.Verify.as_view(), name="document.verify"),
    path("verify/<str:code>/", views.Verify.as_view(), name="document.verify_code"),
]
