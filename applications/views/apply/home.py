"""A1 我的申报, opening an application, A2 填写清单."""

from django.urls import reverse

from applications.commands import application as verbs
from applications.form_schema import State
from applications.forms.application import CreateForm
from applications.models import Application
from applications.queries import apply as queries
from applications.views.apply.base import OfApplication
from applications.views.ordering import in_order
from portal.access.decide import decide
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed
from portal.web.components import Task, TaskGroup
from portal.web.formats import due_text
from portal.web.links import url_of
from portal.web.timeline import timeline
from portal.web.views import CreatePage, Page, RecordPage

ORDER = ("sign", "submit", "resubmit", "withdraw")
GROUPS = {"applicant": "一、申报人", "host": "二、依托单位"}


class MyApplications(Page):
    """A1: each application with its way, whose turn it is and by when; the button that begins one, or why not."""

    action = "application.list"
    title = "我的申报"
    template_name = "applications/apply_home.html"

    def context(self) -> dict:
        rows = [queries.overview(each, self.actor, self.at) for each in queries.applications_of(self.actor)]
        cycle = queries.open_cycle()
        current = [row for row in rows if not row["ended"]]
        standing = next((row for row in current if cycle and row["application"].cycle_id == cycle.pk), None)
        return {
            "current": current,
            "earlier": [row for row in rows if row["ended"]],
            "cycle": cycle,
            "standing": standing,
            "may_create": cycle is not None and standing is None and decide(self.actor, "application.create").allowed,
            "unit_name": self.actor.organisation_name,
        }


class NewApplication(CreatePage):
    """新建申报: a second nominee is refused with the first one's name (Art. 10)."""

    model = Application
    form_class = CreateForm
    template_name = "applications/apply_new.html"

    def context(self) -> dict:
        return {**super().context(), "cycle": queries.open_cycle(), "articles": ["第十条", "第十三条（一）"]}

    def act(self, form):
        cycle = queries.open_cycle()
        if cycle is None:
            raise Refused("新建申报", [failed("现在没有开放申报的年度", article=Article(16))])
        values = {"recommender": None, **form.values()}
        return verbs.create(cycle, actor=self.actor, at=self.at, **values)

    def back_url(self) -> str:
        return reverse("apply:application.list")


class TaskList(OfApplication, RecordPage):
    """A2: the pages of the form with their status while the unit has the file; afterwards where the file is."""

    template_name = "applications/apply_tasks.html"

    def context(self) -> dict:
        record, statuses = self.record, self.record.statuses(self.at)
        done, of = queries.counted(statuses)
        editable = record.state in verbs.WITH_UNIT
        due = record.due()
        return {
            "title": "申报书填写清单" if editable else f"申报 {record.number}",
            "record": record,
            "editable": editable,
            "lead": "申报书尚未提交。" if editable else "",
            "done": done,
            "of": of,
            "due": due_text(due[1], self.at) if due and editable else "",
            "due_label": due[0] if due else "",
            "groups": self.groups(statuses),
            "next_step": self.next_step(statuses),
            "links": self.links(),
            "progress": queries.progress_of(record),
            "status_label": record.state_label(self.actor),
            "status_colour": record.colour(self.actor),
            "turn": queries.turn_of(record, self.actor),
            "notes": record.open_notes(),
            "revise_url": self.url("application.revise"),
            "steps": in_order(self.steps(), ORDER),
            "documents": self.documents(),
            "timeline": timeline(record, self.actor),
            "unit_rules": record.unit_rules() if editable else None,
        }

    def groups(self, statuses) -> list[TaskGroup]:
        groups = [
            TaskGroup(title, [self.task(each) for each in statuses if each.section.group == key])
            for key, title in GROUPS.items()
        ]
        whole = all(each.state == State.DONE for each in statuses)
        unit = self.record.recommender
        label = f"检查并提交给推荐单位{f'（{unit.short_name or unit.name}）' if unit else ''}"
        status = "可以检查" if whole else "完成前面各部分后可提交"
        return [*groups, TaskGroup("三、检查并提交", [Task(label, self.url("application.check"), status)])]

    def task(self, status) -> Task:
        locked = self.record.state in verbs.WITH_UNIT and not self.is_open(status.section.key)
        text = f"{status.text}，已锁定" if locked else status.text
        colour = queries.COLOURS[status.state]
        url = self.url("application.edit", section=status.section.key)
        return Task(status.section.label, url, text, None if locked else colour)

    def next_step(self, statuses) -> tuple[str, str, str] | None:
        record = self.record
        if record.state not in verbs.WITH_UNIT:
            return None
        if record.state != "draft":
            return "推荐单位或市科协请您修改。", "查看退回意见", self.url("application.revise")
        open_keys = [each.section.key for each in statuses if self.is_open(each.section.key)]
        page = queries.next_page(statuses, open_keys)
        if page is None:
            return "各部分都已完成。", "检查并提交", self.url("application.check")
        return f"接着填写“{page.section.label}”。", "继续填写", self.url("application.edit", section=page.section.key)

    def links(self) -> list[tuple[str, str]]:
        names = [
            ("预览申报书（草稿）", "application.print"),
            ("全部附件", "application.attach"),
            ("邀请申报人本人填写", "application.invite"),
            ("选择推荐单位", "application.choose_recommender"),
        ]
        if (version := self.record.latest()) and version.number > 1:
            names.insert(2, ("对照最近两个版本", "application.compare"))
        wanted = names if self.record.state == "draft" else names[:-2]
        offered = [(label, name) for label, name in wanted if decide(self.actor, _action(name), self.record).allowed]
        return [(label, url_of(name, self.actor, self.record)) for label, name in offered]


def _action(name: str) -> str:
    return "application.edit" if name == "application.choose_recommender" else name
