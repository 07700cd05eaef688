"""This app's items of the navy bar."""

from portal.people.roles import HOST_ROLES, RECOMMENDER_ROLES, Role
from portal.web.navigation import register

OVERVIEW = {Role.CAST_OFFICER, Role.CAST_SECRETARY, Role.CAST_FINANCE, Role.CAST_SUPERVISOR, Role.AUDITOR}
OF_CONTENT = OVERVIEW - {Role.CAST_FINANCE}

register("我的申报", "apply:application.list", HOST_ROLES, order=10)

register("申报审核", "recommend:application.list", RECOMMENDER_ROLES, order=10)
register("推荐排序", "recommend:list.current_rank", RECOMMENDER_ROLES, order=20)
register("推荐汇总表", "recommend:list.current", RECOMMENDER_ROLES, order=30)
register("实施细则", "recommend:rules.publish", RECOMMENDER_ROLES, order=40)

register("工作台", "manage:cycle.current", OVERVIEW, order=10)
register("申报", "manage:application.current", OF_CONTENT, order=20)
register("推荐", "manage:list.current", OF_CONTENT, order=25)
register("公告公示", "manage:notice.list", OF_CONTENT, order=50)

register("通知公告", "public:notice.list", {Role.PUBLIC}, order=20)
register("公示公告", "public:publicity.list", {Role.PUBLIC}, order=50)
