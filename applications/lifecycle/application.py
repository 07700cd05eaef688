"""申报: one nomination from draft to selection (Art. 8, 10, 13, 14, 15).

The vocabulary of its states; its steps stand with whose hands they are in: filling, screening, city_review,
expert_review.
"""

from django.db import models

from applications.lifecycle.city_review import CityReview
from applications.lifecycle.expert_review import ExpertReview
from applications.lifecycle.filling import Filling
from applications.lifecycle.screening import Screening
from portal.workflow.lifecycle import Lifecycle, StateField

UNDER_REVIEW = frozenset(
    {
        "eligible",
        "in_network_review",
        "panel_candidate",
        "network_failed",
        "in_panel_review",
        "proposed",
        "panel_failed",
    }
)


class ApplicationLifecycle(ExpertReview, CityReview, Screening, Filling, Lifecycle):
    """Steps are counted from the last base to the first: that is the order of the buttons."""

    machine = "application"
    label = "申报"

    class State(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "已提交"
        RETURNED_BY_RECOMMENDER = "returned_by_recommender", "推荐单位退回"
        QUALIFIED = "qualified", "初筛合格"
        RECOMMENDED = "recommended", "拟推荐"
        NOT_RECOMMENDED = "not_recommended", "未获推荐"
        FORWARDED = "forwarded", "已报市科协"
        IN_CAST_REVIEW = "in_cast_review", "审查中"
        RETURNED_BY_CAST = "returned_by_cast", "待补正"
        ELIGIBLE = "eligible", "审查通过"
        REJECTED = "rejected", "审查不通过"
        IN_NETWORK_REVIEW = "in_network_review", "网络评审中"
        PANEL_CANDIDATE = "panel_candidate", "入围会评"
        NETWORK_FAILED = "network_failed", "网评未入围"
        IN_PANEL_REVIEW = "in_panel_review", "会评中"
        PROPOSED = "proposed", "拟入选"
        PANEL_FAILED = "panel_failed", "会评未通过"
        IN_PUBLICITY = "in_publicity", "公示中"
        OBJECTION_HOLD = "objection_hold", "异议核查中"
        SELECTED = "selected", "正式入选"
        CANCELLED = "cancelled", "取消入选"
        WITHDRAWN = "withdrawn", "已撤回"
        DISQUALIFIED = "disqualified", "取消资格"

    state = StateField(State)
    final = frozenset(
        {
            "not_recommended",
            "rejected",
            "network_failed",
            "panel_failed",
            "selected",
            "cancelled",
            "withdrawn",
            "disqualified",
        }
    )
    colours = {
        "draft": "grey",
        "submitted": "blue",
        "returned_by_recommender": "red",
        "qualified": "blue",
        "recommended": "green",
        "not_recommended": "grey",
        "forwarded": "blue",
        "in_cast_review": "blue",
        "returned_by_cast": "red",
        "eligible": "green",
        "rejected": "red",
        "in_network_review": "purple",
        "panel_candidate": "purple",
        "network_failed": "grey",
        "in_panel_review": "purple",
        "proposed": "green",
        "panel_failed": "grey",
        "in_publicity": "purple",
        "objection_hold": "amber",
        "selected": "green",
        "cancelled": "red",
        "withdrawn": "grey",
        "disqualified": "red",
    }
    now_with = {
        "draft": "依托单位",
        "submitted": "推荐单位",
        "returned_by_recommender": "依托单位",
        "qualified": "推荐单位",
        "recommended": "推荐单位",
        "forwarded": "市科协",
        "in_cast_review": "市科协",
        "returned_by_cast": "依托单位",
        "eligible": "市科协",
        "in_network_review": "市科协",
        "panel_candidate": "市科协",
        "in_panel_review": "市科协",
        "proposed": "市科协",
        "in_publicity": "社会公众",
        "objection_hold": "市科协",
    }

    class Meta:
        abstract = True
