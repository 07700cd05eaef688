"""Signing in and one's own pages. The names of allauth's views are those that allauth itself looks up; the rest of its
pages (signing up, managing addresses) are left out: accounts are opened by the unit above."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from portal.people import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("login/forgotten/", account.password_reset, name="account_reset_password"),
    path("login/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^login/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("login/forgotten/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("logout/", account.logout, name="account_logout"),
    path("workspace/", views.Workspace.as_view(), name="people.workspace"),
    path("me/", views.Me.as_view(), name="people.me"),
    path("me/role/", views.ChooseRole.as_view(), name="people.role"),
    path("me/care/", views.Care.as_view(), name="people.care"),
    path("me/ping/", views.Ping.as_view(), name="people.ping"),
    path("me/security/", mfa.index, name="mfa_index"),
    path("me/security/password/", account.password_change, name="account_change_password"),
    path("me/security/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("me/security/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("me/security/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("me/security/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/security/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("me/security/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/security/codes/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
