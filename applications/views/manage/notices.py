"""公告: drafts, approval, publishing (Art. 16, 19)."""

from django.urls import reverse

from applications import notice_text
from applications.commands import notice as commands
from applications.forms import notice as forms
from applications.models import Notice
from applications.views.manage.years import InYear
from portal.access.decide import decide
from portal.web.components import Action, Cell, Column, Empty, Row, Section, Table
from portal.web.formats import instant_text
from portal.web.views import CreatePage, ListPage, RecordPage, StepPage, state_cell


class NoticeList(ListPage):
    action = "notice.list"
    title = "公告"
    model = Notice
    related = ("cycle",)
    order = ("-pk",)
    search = ("number", "title", "document_number")
    tabs_by = "kind"
    empty = Empty("还没有公告。")
    columns = [
        ("number", "编号", lambda notice: notice.number),
        ("", "标题", lambda notice: notice.title),
        ("kind", "类别", lambda notice: notice.get_kind_display()),
        ("", "年度", lambda notice: notice.cycle.year if notice.cycle else ""),
        ("state", "状态", state_cell),
        ("published_at", "发布时间", lambda notice: instant_text(notice.published_at) if notice.published_at else ""),
    ]

    def actions(self) -> list[Action]:
        if not decide(self.actor, "notice.create").allowed:
            return []
        return [Action("起草公告", reverse("manage:notice.create"), True)]


class NewNotice(CreatePage):
    model = Notice
    form_class = forms.NewNoticeForm
    command = staticmethod(commands.create)

    def back_url(self) -> str:
        return reverse("manage:notice.list")


class ComposeCall(InYear, NewNotice):
    """申报通知 composed from the year's figures, for people to finish (Art. 16)."""

    title = "起草申报通知"

    def form_options(self) -> dict:
        return {**super().form_options(), "compose_for": self.cycle}


class NoticePage(RecordPage):
    model = Notice
    related = ("cycle", "drafted_by", "approved_by")
    template_name = "applications/manage_notice.html"

    def context(self) -> dict:
        return {
            **super().context(),
            "title": f"{self.record.get_kind_display()}：{self.record.title}",
            "blocks": notice_text.blocks(self.record.body),
            "public_url": public_url(self.record) if self.record.is_public else "",
        }

    def facts(self) -> list[Section]:
        notice = self.record
        people = [
            Row(list(map(Cell, (str(each.position), each.name, each.unit, each.field, each.recommender))))
            for each in notice.entries.all()
        ]
        columns = [Column("", label) for label in ("序号", "姓名", "依托单位", "领域", "推荐单位")]
        facts = [
            ("类别", notice.get_kind_display()),
            ("年度", str(notice.cycle.year) if notice.cycle else ""),
            ("发文字号", notice.document_number),
            ("起草人", notice.drafted_by.name),
            ("批准人", notice.approved_by.name if notice.approved_by else ""),
            ("发布时间", instant_text(notice.published_at) if notice.published_at else ""),
            *notice.contact,
        ]
        if notice.working_days:
            facts.append(("公示期", f"{notice.working_days} 个工作日，发布次日起算"))
        listed = [Section(f"名单（{len(people)} 人）", table=Table(columns, people, "名单"))] if people else []
        return [Section("基本信息", facts), *listed]


class EditNotice(StepPage):
    model = Notice
    step = "edit"
    form_class = forms.NoticeForm
    template_name = "web/create.html"
    command = staticmethod(commands.edit)


class PublishNotice(StepPage):
    """Level 3: what will be public, then the word."""

    model = Notice
    step = "publish"
    form_class = forms.PublishForm
    command = staticmethod(commands.publish)

    def summary(self) -> list[tuple[str, str]]:
        count = self.record.entries.count()
        return [
            ("标题", self.record.title),
            ("类别", self.record.get_kind_display()),
            *([("名单", f"{count} 人：姓名、依托单位、领域、推荐单位")] if count else []),
            *([("公示期", f"{self.record.working_days} 个工作日，发布次日起算")] if self.record.working_days else []),
        ]


def public_url(notice: Notice) -> str:
    """Where anybody reads a published notice."""
    name = "publicity.view" if notice.kind == Notice.Kind.PROPOSED else "notice.view"
    return reverse(f"public:{name}", kwargs=notice.url_kwargs())
