"""URL patterns by workspace; portal.urls mounts each list under its namespace."""

from applications.urls.apply import apply
from applications.urls.manage import manage
from applications.urls.public import public
from applications.urls.recommend import recommend

__all__ = ["apply", "manage", "public", "recommend"]
