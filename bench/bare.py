"""The yardstick: what any signed-in list of 50 rows costs on this stack; and the portal's own site map behind it."""

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from portal.people.models import Membership

PAGE = """<!doctype html><title>R</title><table>{% for row in rows %}
<tr><td>{{ row.user.name }}</td><td>{{ row.user.username }}</td><td>{{ row.organisation.name }}</td>
<td>{{ row.role }}</td><td>{{ row.from_date.isoformat }}</td></tr>{% endfor %}</table>"""


def bare(request):
    """Session, user, one query, 50 rows."""
    assert request.user.is_authenticated
    rows = Membership.objects.select_related("user", "organisation").filter(pk__lte=10_000).order_by("pk")[:50]
    return HttpResponse(engines["django"].from_string(PAGE).render({"rows": rows}))


urlpatterns = [path("bare/", bare), path("", include("portal.urls"))]
handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"
