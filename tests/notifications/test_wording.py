"""The wordings that stand in templates/notifications: plain text that needs nothing but what every message has."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.notifications.send import Message, body_of

DUE = datetime(2026, 10, 15, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("due", "body"),
    [
        (DUE, "刘洋：\n\n有 1 份申报待初筛。请在 2026年10月15日 17:00 前办理。\n\n编号：ZY2026-0132"),
        (None, "刘洋：\n\n有 1 份申报待初筛。\n\n编号：ZY2026-0132"),
    ],
)
def test_plain_wording_says_who_what_until_when_and_which(due, body):
    message = Message(to=[], subject="x", template="plain", context={"text": "有 1 份申报待初筛。"}, due_at=due)
    assert body_of(message, name="刘洋", ref="ZY2026-0132") == body
