"""Items of the navy bar."""

from portal.people.roles import Role
from portal.web.navigation import register

register(
    "评审",
    "manage:review.hub",
    {Role.CAST_OFFICER, Role.CAST_SECRETARY, Role.CAST_SUPERVISOR, Role.AUDITOR},
    order=30,
    also=("experts", "rounds", "assignments", "meetings", "candidates", "shortlists", "objections", "undertaking"),
)
register("我的评审", "expert:assignment.list", {Role.EXPERT}, order=10)
register("评审须知", "expert:assignment.notes", {Role.EXPERT}, order=20)
register("评分总表", "expert:assignment.summary", {Role.EXPERT}, order=30)
