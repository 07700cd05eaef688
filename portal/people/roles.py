"""The fourteen roles, in the order of the matrix (lifecycle: Roles)."""

from django.db import models


class Role(models.TextChoices):
    APPLICANT = "applicant", "申报人"
    HOST_CLERK = "host_clerk", "依托单位经办人"
    HOST_APPROVER = "host_approver", "依托单位负责人"
    RECOMMENDER_OFFICER = "recommender_officer", "推荐单位经办人"
    RECOMMENDER_APPROVER = "recommender_approver", "推荐单位负责人"
    EXPERT = "expert", "评审专家"
    CAST_OFFICER = "cast_officer", "市科协审查员"
    CAST_SECRETARY = "cast_secretary", "评审秘书"
    CAST_FINANCE = "cast_finance", "财务专员"
    CAST_SUPERVISOR = "cast_supervisor", "项目负责人"
    AUDITOR = "auditor", "纪检监督"
    SYSADMIN = "sysadmin", "系统管理员"
    SYSTEM = "system", "系统"
    PUBLIC = "public", "公众"


HOST_ROLES = frozenset({Role.APPLICANT, Role.HOST_CLERK, Role.HOST_APPROVER})
RECOMMENDER_ROLES = frozenset({Role.RECOMMENDER_OFFICER, Role.RECOMMENDER_APPROVER})
CAST_ROLES = frozenset(
    {Role.CAST_OFFICER, Role.CAST_SECRETARY, Role.CAST_FINANCE, Role.CAST_SUPERVISOR, Role.AUDITOR, Role.SYSADMIN}
)
NAMED_ROLES = frozenset(Role) - {Role.SYSTEM, Role.PUBLIC}


WORKSPACES = ("apply", "recommend", "expert", "manage")


def workspace_of(role: str) -> str:
    """The URL namespace in which a role works: apply, recommend, expert, manage or public."""
    if role in HOST_ROLES:
        return "apply"
    if role in RECOMMENDER_ROLES:
        return "recommend"
    if role == Role.EXPERT:
        return "expert"
    if role in CAST_ROLES:
        return "manage"
    return "public"


def of_workspace(roles: list[str], space: str) -> list[str]:
    """Those of the roles that work in a workspace; all of them where the namespace is none."""
    return [role for role in roles if workspace_of(role) == space] if space in WORKSPACES else roles
