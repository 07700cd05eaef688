"""The pool of experts (Art. 3, 17, 33)."""

from django.urls import reverse

from portal.access.decide import decide
from portal.reference import reference
from portal.web.components import Action, Cell, Column, Empty, Row, Section, Table
from portal.web.views import DeedPage, FormPage, ListPage, OfRecord
from review.commands import expert as commands
from review.forms.expert import ConflictForm, EditExpertForm, NewExpertForm
from review.models import Assignment, Conflict, Expert
from review.views.confidentiality import UndertakingRequired


def names_of(dictionary: str, codes: list[str]) -> str:
    items = reference(dictionary)
    return "、".join(items[code].name for code in codes if code in items)


class ExpertList(UndertakingRequired, ListPage):
    action = "expert.list"
    title = "专家库"
    model = Expert
    order = ("number",)
    search = ("number", "name", "employer")
    tabs_by = "kind"
    empty = Empty("专家库还是空的。")
    columns = [
        ("number", "编号", lambda expert: expert.number),
        ("name", "姓名", lambda expert: expert.name),
        ("kind", "类别", lambda expert: expert.get_kind_display()),
        ("employer", "工作单位", lambda expert: expert.employer),
        ("", "职称职务", lambda expert: expert.title),
        ("", "领域", lambda expert: names_of("fields", expert.fields)),
        ("active", "状态", lambda expert: Cell("在库", tag="green") if expert.active else Cell("停用", tag="grey")),
    ]

    def row_url(self, record) -> str:
        return reverse("manage:expert.view", kwargs={"no": record.number})

    def actions(self) -> list[Action]:
        allowed = decide(self.actor, "expert.add").allowed
        return [Action("专家入库", reverse("manage:expert.add"), True)] if allowed else []


class OfExpert(UndertakingRequired, OfRecord):
    model = Expert

    def lookup(self) -> dict:
        return {"number": self.kwargs["no"]}

    def back_url(self) -> str:
        return reverse("manage:expert.view", kwargs={"no": self.record.number})


class ExpertPage(OfExpert):
    """One expert: profile, conflicts on record, tasks by round. Who looks at an identity leaves an event."""

    action = "expert.view"
    template_name = "review/expert.html"

    def get(self, request, *args, **kwargs):
        commands.look_at(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        expert = self.record
        return {
            "title": f"{expert.number} {expert.name}",
            "expert": expert,
            "sections": [self.profile(), self.conflicts(), self.tasks()],
            "actions": [
                Action(label, reverse(f"manage:{action}", kwargs={"no": expert.number}))
                for label, action in (("修改资料", "expert.edit"), ("登记利害关系", "conflict.record"))
                if decide(self.actor, action, expert).allowed
            ],
        }

    def profile(self) -> Section:
        expert = self.record
        former = "；".join(f"{each['name']}（至 {each['until'][:7]}）" for each in expert.former_employers)
        return Section(
            "资料",
            [
                ("类别", expert.get_kind_display()),
                ("工作单位", expert.employer),
                ("统一社会信用代码", expert.employer_code),
                ("职称职务", expert.title),
                ("产业领域", names_of("fields", expert.fields)),
                ("学科", names_of("disciplines", expert.disciplines)),
                ("近年工作单位", former),
                ("工作量上限", f"{expert.load_max} 份" if expert.load_max else "按年度设置"),
            ],
        )

    def conflicts(self) -> Section:
        rows = [
            Row([Cell(each.application.number), Cell(each.reason)])
            for each in Conflict.objects.filter(expert=self.record).select_related("application")
        ]
        table = Table([Column("", "申报编号"), Column("", "利害关系")], rows, "已登记的利害关系") if rows else None
        return Section("已登记的利害关系", [] if rows else [("利害关系", "没有登记")], table)

    def tasks(self) -> Section:
        counts: dict[str, dict[str, int]] = {}
        tasks = Assignment.objects.filter(expert=self.record).select_related("round")
        for task in tasks:
            row = counts.setdefault(task.round.number, {})
            row[task.state_label()] = row.get(task.state_label(), 0) + 1
        words = [
            (number, "，".join(f"{label} {count}" for label, count in row.items())) for number, row in counts.items()
        ]
        return Section("评审任务", words or [("评审任务", "还没有")])


class AddExpert(UndertakingRequired, FormPage):
    action = "expert.add"
    title = "专家入库"
    form_class = NewExpertForm
    template_name = "web/create.html"
    submit_label = "保存"
    command = staticmethod(commands.enrol)

    def success_url(self, result) -> str:
        return reverse("manage:expert.view", kwargs={"no": result.number})

    def back_url(self) -> str:
        return reverse("manage:expert.list")


class EditExpert(OfExpert, DeedPage):
    action = "expert.edit"
    form_class = EditExpertForm
    template_name = "web/create.html"

    def act(self, form):
        return commands.edit(self.record, actor=self.actor, at=self.at, **form.values())


class RecordConflict(OfExpert, DeedPage):
    action = "conflict.record"
    form_class = ConflictForm
    template_name = "web/create.html"
    submit_label = "登记"

    def form_options(self) -> dict:
        return {"actor": self.actor, "at": self.at}

    def act(self, form):
        return commands.record_conflict(self.record, actor=self.actor, at=self.at, **form.values())
