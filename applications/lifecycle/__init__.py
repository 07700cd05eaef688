"""The machines of regulation chapters 3 and 4; an application's steps stand apart by whose hands they are in."""

from applications.lifecycle.application import ApplicationLifecycle
from applications.lifecycle.cycle import CycleLifecycle
from applications.lifecycle.notice import NoticeLifecycle
from applications.lifecycle.recommendation import RecommendationListLifecycle

__all__ = ["ApplicationLifecycle", "CycleLifecycle", "NoticeLifecycle", "RecommendationListLifecycle"]
