"""What `manage.py check --deploy --database default` looks for before a server opens its doors."""

from django.conf import settings
from django.core.checks import Error, Tags, register

# The accounts of the demo that can do harm; the demo gives all its people one and the same password hash.
DEMO_LOGINS = ["sysadmin", "secretary", "officer", "finance", "supervisor", "auditor", "haidian", "host1", "expert1"]


@register(Tags.database, deploy=True)
def no_demo_people(app_configs, databases=None, **kwargs) -> list[Error]:
    """portal.E001: somebody can sign in with the password that the demo prints."""
    from portal.people.models import User

    if settings.DEMO or not databases:
        return []
    users = User.objects.filter(username__in=DEMO_LOGINS, is_active=True)
    known = {user.password: user for user in users}
    return [
        Error(
            f"The demo's password opens the account “{user.username}”.",
            id="portal.E001",
            hint="Empty this database: the demo's people must never be on a server that others reach.",
        )
        for user in known.values()
        if user.check_password(settings.DEMO_PASSWORD)
    ]
