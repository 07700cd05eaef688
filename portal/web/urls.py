"""The public pages of the portal itself."""

from django.urls import path

from portal.web import public

urlpatterns = [
    path("", public.Home.as_view(), name="public.home"),
    path("policies/", public.Policies.as_view(), name="public.policies"),
    path("guide/", public.Guide.as_view(), name="public.guide"),
    path("faq/", public.Faq.as_view(), name="public.faq"),
    path("accessibility/", public.Accessibility.as_view(), name="public.accessibility"),
    path("privacy/", public.Privacy.as_view(), name="public.privacy"),
    path("sitemap/", public.Sitemap.as_view(), name="public.sitemap"),
]
