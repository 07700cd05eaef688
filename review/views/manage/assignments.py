"""One 评审任务 on the staff's side: the sheet (each look an event), sending back, taking back (Art. 17, 18, 33)."""

from django.urls import reverse

from portal.web.components import Cell, Column, Row, Section, Table
from portal.web.formats import instant_text
from portal.web.views import RecordPage, StepPage
from review.commands import assignment as commands
from review.models import Assignment, ScoreArchive
from review.views.confidentiality import UndertakingRequired


class OfAssignment(UndertakingRequired):
    model = Assignment
    related = ("round", "expert")

    def back_url(self) -> str:
        return reverse("manage:assignment.view", kwargs={"no": self.record.number})

    def summary(self) -> list[tuple[str, str]]:
        task = self.record
        return [
            ("申报", f"{task.application_number} {task.applicant_name}（{task.host_name}）"),
            ("专家", f"{task.expert.number} {task.expert.name}"),
            ("状态", task.state_label()),
        ]


class AssignmentPage(OfAssignment, RecordPage):
    """Expert, application, scores and opinion."""

    deeds = ("round.replace",)

    def get(self, request, *args, **kwargs):
        commands.look_at(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def steps(self):
        replaceable = self.record.state in ("proposed", "invited", "accepted", "scoring", "reopened")
        url = reverse("manage:round.replace", kwargs={"no": self.record.number})
        return [link for link in super().steps() if replaceable or link.url != url]

    def facts(self) -> list[Section]:
        task = self.record
        about = [*self.summary(), ("领域", task.field_name), ("方式", "人工分配" if task.by_hand else "自动分配")]
        moments = [("邀请", task.invited_at), ("接受", task.accepted_at), ("提交", task.submitted_at)]
        about += [(label, instant_text(moment)) for label, moment in moments if moment]
        if task.recusal:
            about.append(("回避", f"{task.get_recusal_display()}　{task.recusal_note}"))
        return [Section("任务", about), *self.sheet(), *self.archive()]

    def sheet(self) -> list[Section]:
        task, values = self.record, self.record.values()
        if not any(value is not None for value in values.values()):
            return []
        rows = [
            Row([Cell(each["name"]), Cell(f"{each['weight']}%", numeric=True), _score(values.get(each["code"]))])
            for each in task.round.criteria
        ]
        columns = [Column("", "指标"), Column("", "权重", numeric=True), Column("", "评分", numeric=True)]
        total = "没有打完分" if task.total is None else f"{task.total}"
        return [Section("评分", [("总分", total), ("评审意见", task.comment)], Table(columns, rows, "各项评分", True))]

    def archive(self) -> list[Section]:
        return [
            Section(
                f"退回前的评分（{instant_text(each.submitted_at)} 提交）",
                [
                    *((row["name"], str(each.values.get(row["code"]))) for row in self.record.round.criteria),
                    ("评审意见", each.comment),
                ],
            )
            for each in ScoreArchive.objects.filter(assignment=self.record).order_by("-archived_at")
        ]


def _score(value: int | None) -> Cell:
    return Cell("—" if value is None else str(value), numeric=True)


class Reopen(OfAssignment, StepPage):
    step = "reopen"
    command = staticmethod(commands.reopen)


class Revoke(OfAssignment, StepPage):
    step = "revoke"
    command = staticmethod(commands.revoke)
