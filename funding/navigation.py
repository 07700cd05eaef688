"""The bar's items of chapter 6."""

from portal.people.roles import HOST_ROLES, RECOMMENDER_ROLES, Role
from portal.web.navigation import register

CAST = {Role.CAST_OFFICER, Role.CAST_FINANCE, Role.CAST_SUPERVISOR, Role.AUDITOR}
PAPERS = ("task-books", "grants", "disbursements", "expenses")
MONEY = {Role.CAST_FINANCE}  # the auditor comes to both from the grant

register("任务书与经费", "apply:selectee.list", HOST_ROLES, order=40, also=PAPERS)
register("入选者", "recommend:selectee.list", RECOMMENDER_ROLES, order=50, also=PAPERS)
register("任务书与经费", "manage:selectee.list", CAST, order=60, also=PAPERS)
register("拨付", "manage:disbursement.list", MONEY, order=61)
register("支出", "manage:expense.list", MONEY, order=62)
