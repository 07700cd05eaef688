"""Sample contexts of the generic templates, and how to render one as a signed-in person; no database."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from portal.people.actor import Actor
from portal.people.models import User
from portal.people.roles import Role
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, Refused, Verdict
from portal.web.components import (
    Action,
    Bar,
    Cell,
    Column,
    Difference,
    Empty,
    Number,
    Row,
    Section,
    StepLink,
    Tab,
    Table,
    Task,
    TaskGroup,
    TimelineItem,
)
from portal.web.fields import MoneyField, ProseField
from portal.web.forms import say_required

AT = datetime(2026, 10, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CLERK = Actor(7, "王敏", Role.HOST_CLERK, 3, "海淀智芯科技有限公司", 5)


def request(actor: Actor = CLERK, path: str = "/apply/", **cookies: str):
    made = RequestFactory().get(path)
    made.at, made.actor, made.memberships = AT, actor, []
    made.user = User(pk=actor.user_id, username="host1", name=actor.name) if actor.user_id else AnonymousUser()
    made.COOKIES.update(cookies)
    made.session = {}
    made._messages = ()
    return made


def render(template: str, actor: Actor = CLERK, care: bool = False, query: str = "", **context) -> str:
    cookies = {"care": "1"} if care else {}
    asked = request(actor, f"/apply/?{query}", **cookies)
    return render_to_string(template, {"actor": actor, "unread": 2, **context}, asked)


class SampleForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=3)
    intro = ProseField(label="项目简介（300 字以内）", limit=300, help_text="写清解决了什么问题。")
    role = forms.ChoiceField(label="角色", choices=[("a", "负责人"), ("b", "骨干")], widget=forms.RadioSelect)
    money = MoneyField(label="项目经费", required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "请选择"), ("n", "国家级")])
    sure = forms.BooleanField(label="不含涉密内容")
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say_required(self)


def finding(verdict: Verdict, message: str, *article: int) -> Finding:
    return Finding("sample", verdict, message, Article(*article) if article else None)


REFUSED = Refused("提交", [finding(Verdict.FAIL, "申报窗口已于 2026年10月15日 17:00 截止", 13, 3)])
COLUMNS = [Column("ref", "编号", sort_url="?sort=-ref", sort_direction="asc"), Column("days", "已等", numeric=True)]
ROWS = [
    Row([Cell("ZY2026-0001"), Cell("3 天")], url="/apply/ZY2026-0001/", now_with="推荐单位"),
    Row([Cell("ZY2026-0002"), Cell("已提交", tag="blue")]),
]
TABLE = Table(
    [Column("name", "项目"), Column("sum", "经费", numeric=True)], [Row([Cell("甲"), Cell("1.00 万元")])], "项目"
)
DENIED = "这个操作由“推荐单位经办人”办理。您现在的身份是“依托单位经办人”。"
RECORD = SimpleNamespace(ref="ZY2026-0001", version=3, state_label="已提交", updated_at=AT)


def paginated(count: int, number: int = 1):
    return Paginator(range(count), 20).get_page(number)


def samples() -> dict[str, dict]:
    """A context that fills every part of each generic template, by template name."""
    return {
        "web/list.html": {
            "title": "申报审核",
            "intro": "海淀区各单位的申报。",
            "columns": COLUMNS,
            "rows": ROWS,
            "tabs": [Tab("待初筛", 12, "?", True), Tab("已退回", 3, "?state=returned")],
            "searchable": True,
            "words": "智芯",
            "chips": [("关键词：智芯", "?")],
            "pagination": paginated(186, 3),
            "empty": Empty("目前没有待初筛的申报。"),
            "actions": [Action("新建申报", "/apply/new/", True)],
            "breadcrumbs": [("待办", "/recommend/"), ("申报审核", "")],
        },
        "web/record.html": {
            "title": "申报 ZY2026-0001",
            "record": RECORD,
            "status_label": "已提交",
            "status_colour": "blue",
            "now_with": "推荐单位",
            "due": "初筛截止：2026年10月20日 24:00（还剩 8 天 14 小时）",
            "warnings": ["请核对单位名称。"],
            "facts": [Section("申报人", [("姓名", "李建国"), ("备注", "")]), Section("主持项目", table=TABLE)],
            "steps": [
                StepLink("初筛合格", "/s/", True, primary=True),
                StepLink("不予推荐", "/d/", True, irreversible=True),
                StepLink("拟推荐", "/n/", False, [finding(Verdict.FAIL, "推荐名额已满（3/3）", 13, 4)]),
            ],
            "timeline": [
                TimelineItem("2026年10月12日 10:42", "刘洋", "退回修改", "请补验收证明。", ["第十三条（四）"])
            ],
            "progress": [("填写", "done"), ("初筛", "current"), ("审查", "todo")],
            "documents": [("申报书（第 3 版）", "/files/1/", "PDF，1.2 MB")],
        },
        "web/step.html": {
            "title": "不予推荐 ZY2026-0001",
            "heading": "不予推荐：ZY2026-0001",
            "record": RECORD,
            "summary": [("编号", "ZY2026-0001")],
            "consequences": ["单位会收到通知。"],
            "articles": ["第十三条（四）"],
            "irreversible": True,
            "form": SampleForm(),
            "submit_label": "不予推荐",
            "back_url": "/recommend/ZY2026-0001/",
        },
        "web/approve.html": {
            "title": "审批",
            "heading": "审批：审查不通过",
            "summary": [("编号", "ZY2026-0001")],
            "consequences": ["申报终止。"],
            "proposal": [("拟办人", "何静"), ("理由", "超龄")],
            "form": forms.Form(),
            "submit_label": "审查不通过",
            "irreversible": True,
            "articles": ["第十五条"],
            "back_url": "/manage/",
        },
        "web/create.html": {
            "title": "新建申报",
            "heading": "新建申报",
            "form": SampleForm(),
            "submit_label": "新建申报",
            "back_url": "/apply/",
        },
        "web/section.html": {
            "title": "主持项目情况",
            "form": SampleForm(),
            "autosave_url": "/apply/1/s/e/autosave/",
            "save_state": "未修改",
        },
        "web/tasks.html": {
            "title": "申报书填写清单",
            "lead": "申报书尚未提交。",
            "done": 2,
            "of": 9,
            "due_label": "提交截止",
            "due": "2026年10月15日 17:00",
            "groups": [
                TaskGroup(
                    "一、申报人", [Task("基本信息", "/s/a/", "已完成"), Task("主持项目", "/s/e/", "有 1 处错误", "red")]
                ),
                TaskGroup("三、检查并提交", [Task("检查并提交", status="完成前面各部分后可提交")]),
            ],
            "next_step": ("继续填写“主持项目”。", "继续填写", "/s/e/"),
            "links": [("填报说明", "/guide/")],
        },
        "web/dashboard.html": {
            "title": "2026 年度工作台",
            "as_of": "10:40",
            "numbers": [Number("已提交", "186", "12 份待受理", "/m/"), Number("签订", "0/30")],
            "tables": [("各推荐单位进度", TABLE)],
            "charts": [("漏斗", "各环节人数", [Bar("建档", 210, 210), Bar("提交", 186, 210)])],
            "todo": [("12 份申报待审查", "/m/", "最早 10月9日")],
        },
        "errors/403.html": {
            "reason": DENIED,
            "decision": SimpleNamespace(roles=["recommender_officer"]),
        },
        "errors/409.html": {"record": RECORD, "differences": [Difference("简介", "我写的", "对方写的", "intro")]},
        "errors/422.html": {"refused": REFUSED},
    }
