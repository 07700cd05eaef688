"""The bar's items of chapter 7; the lists of changes link to one another."""

from portal.people.roles import HOST_ROLES, RECOMMENDER_ROLES, Role
from portal.web.navigation import register

ASSESSING = {Role.CAST_OFFICER, Role.CAST_SUPERVISOR, Role.AUDITOR}

register("考核", "apply:assessment.list", HOST_ROLES, order=50)
CHANGES = ("information-changes", "exits", "exit-notices")
register("变动", "apply:transfer.list", HOST_ROLES, order=51, also=CHANGES)
register("考核与跟踪", "recommend:assessment.list", RECOMMENDER_ROLES, order=60, also=("contacts",))
register("考核评价", "expert:assessment_expert.list", {Role.EXPERT}, order=40)
register("考核", "manage:assessment.list", ASSESSING, order=70, also=("contacts",))
register("变动", "manage:transfer.list", ASSESSING | {Role.CAST_FINANCE}, order=71, also=CHANGES)
