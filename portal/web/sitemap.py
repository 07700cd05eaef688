"""Every URL of the portal with its action: what list_urls prints and the contracts crawl."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from portal.access.matrix import MATRIX
from portal.people.roles import Role, of_workspace
from portal.web.views import Page

NO_ROLE = "asks for sign-in"  # words of a reason: for everybody who has signed in, whatever their role
OWN = f"a person's own account: {NO_ROLE}, needs no role"
SIGNING_IN = "signing in happens before there is a role"
PROBE = "a probe for the operator; tells nothing but whether the portal works"
# Pages of libraries and probes, which declare no action of their own; our views say `public_because` themselves.
PUBLIC: dict[str, str] = {
    "healthz": PROBE,
    "readyz": PROBE,
    "account_login": SIGNING_IN,
    "account_inactive": SIGNING_IN,
    "account_reset_password": SIGNING_IN,
    "account_reset_password_done": SIGNING_IN,
    "account_reset_password_from_key": SIGNING_IN,
    "account_reset_password_from_key_done": SIGNING_IN,
    "account_logout": OWN,
    "account_change_password": OWN,
    "account_reauthenticate": OWN,
    "mfa_authenticate": SIGNING_IN,
    "mfa_index": OWN,
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": OWN,
}
EVERYBODY = [role for role in Role.values if role != Role.SYSTEM]


@dataclass(frozen=True)
class Url:
    """One URL pattern. `name` carries its namespace; `view` is the Page as declared, or None for other callables."""

    pattern: str
    name: str
    methods: list[str]
    action: str
    public_reason: str
    converters: dict[str, Any] = field(default_factory=dict, compare=False)
    view: Any = field(default=None, compare=False)

    @property
    def roles(self) -> list[str]:
        """Roles that may ever open it: an action without a row is nobody's, a workspace is for those who work there."""
        if self.public_reason:
            return [role for role in EVERYBODY if role != Role.PUBLIC or NO_ROLE not in self.public_reason]
        space = self.name.partition(":")[0]
        return of_workspace(MATRIX[self.action].roles, space) if self.action in MATRIX else []

    @property
    def short_name(self) -> str:
        return self.name.rpartition(":")[2]

    def as_data(self) -> dict:
        names = ("pattern", "name", "methods", "action", "roles", "public_reason")
        return {name: getattr(self, name) for name in names}


def urls() -> list[Url]:
    """Every pattern of the site map, in its order."""
    return list(_walk(get_resolver(), "/", ()))


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Url]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield _url(entry, pattern, ":".join((*spaces, entry.name or "")))


def _url(entry: URLPattern, pattern: str, name: str) -> Url:
    callback: Any = entry.callback
    view_class = getattr(callback, "view_class", None)
    page = None
    if view_class is not None and issubclass(view_class, Page):
        page = view_class(**callback.view_initkwargs)
        page.declare()
    declared = page or view_class or callback
    return Url(
        pattern=pattern,
        name=name,
        methods=_methods(view_class, callback),
        action=getattr(declared, "action", "") or "",
        public_reason=getattr(declared, "public_because", "") or PUBLIC.get(name, ""),
        converters=dict(entry.pattern.converters),
        view=page,
    )


def _methods(view_class: Any, callback: Any) -> list[str]:
    if view_class is None:
        return getattr(callback, "methods", ["GET"])
    wanted = [name for name in view_class.http_method_names if name not in {"head", "options"}]
    return [name.upper() for name in wanted if hasattr(view_class, name)]
