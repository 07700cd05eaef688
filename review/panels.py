"""A meeting as its pages show it: quorum, members, candidates, and the token that tells a page to read itself anew."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from portal.web.components import Cell, Column, Row, Table
from portal.web.formats import clock_text
from review.models import Meeting, Member, PanelSheet, Slot, SlotResult, Undertaking, Voted
from review.rules.panel import quorum_of


class Panel:
    """What the staff sees of one meeting: who, and how far, never who gave what. Five queries, whatever its size."""

    def __init__(self, meeting: Meeting):
        self.meeting = meeting
        self.members = meeting.roll
        self.slots = list(meeting.slots.select_related("application"))
        self.sheets: dict[int, list[PanelSheet]] = defaultdict(list)
        for sheet in PanelSheet.objects.filter(slot__meeting=meeting).defer("values", "total"):
            self.sheets[sheet.slot_id].append(sheet)
        self.voted = set(Voted.objects.filter(slot__meeting=meeting).values_list("sheet_id", flat=True))

    @cached_property
    def signed(self) -> set[int]:
        """Experts (ids) who have signed the undertaking of this meeting."""
        signed = Undertaking.objects.filter(meeting=self.meeting, signed_at__isnull=False)
        return set(signed.values_list("expert_id", flat=True))

    @property
    def present(self) -> set[int]:
        return {each.pk for each in self.members if each.is_present}

    def quorum(self) -> dict:
        """present, members, needed: people."""
        present, members = len(self.present), len(self.members)
        needed = quorum_of(members, self.meeting.settings["quorum"])
        reached = members > 0 and present >= needed
        text = f"到会 {present} 人，应到 {members} 人，至少 {needed} 人到会有效"
        return {"present": present, "members": max(members, 1), "needed": needed, "reached": reached, "text": text}

    def current(self) -> Slot | None:
        return next((each for each in self.slots if each.state == "presenting"), None)

    def following(self) -> Slot | None:
        """Whose turn comes next, by lot."""
        return next((each for each in self.slots if each.state == "waiting" and _runs(each)), None)

    def entitled(self, slot: Slot) -> list[PanelSheet]:
        present = self.present
        return [each for each in self.sheets[slot.pk] if each.recusal == PanelSheet.NONE and each.member_id in present]

    def handed_in(self, slot: Slot) -> str:
        """5/8 of those who may score have."""
        entitled = self.entitled(slot)
        return f"{sum(each.submitted_at is not None for each in entitled)}/{len(entitled)}"

    def votes(self, slot: Slot) -> str:
        entitled = self.entitled(slot)
        return f"{sum(each.pk in self.voted for each in entitled)}/{len(entitled)}"

    def missing(self, slot: Slot) -> list[str]:
        """Names of the present members whose scores are awaited."""
        waiting = {each.member_id for each in self.entitled(slot) if each.submitted_at is None}
        return [each.expert.name for each in self.members if each.pk in waiting]

    def members_table(self) -> Table:
        open_ones = Counter(each.member_id for rows in self.sheets.values() for each in rows if not each.recusal)
        columns = [Column("", label) for label in ("姓名", "工作单位", "类别", "承诺书", "回避声明", "签到")]
        rows = [Row([*self._who(each), *self._readiness(each, open_ones[each.pk])]) for each in self.members]
        return Table(columns, rows, "评审组成员", compact=True)

    def _who(self, member: Member) -> list[Cell]:
        name = f"{member.expert.name}（组长）" if member.is_chair else member.expert.name
        return [Cell(name), Cell(member.expert.employer), Cell(member.expert.get_kind_display())]

    def _readiness(self, member: Member, silent: int) -> list[Cell]:
        drawn = self.meeting.lot_seed is not None
        signed = member.expert_id in self.signed
        return [
            Cell("已签署" if signed else "未签署", tag="green" if signed else "amber"),
            Cell("待抽签" if not drawn else f"还差 {silent} 项" if silent else "已完成",
                 tag="grey" if not drawn else "amber" if silent else "green"),
            presence(member),
        ]  # fmt: skip

    def candidates_table(self) -> Table:
        columns = [Column("", "签号", numeric=True)]
        columns += [Column("", label) for label in ("申报编号", "申报人", "依托单位", "领域")]
        columns += [Column("", label, numeric=True) for label in ("回避", "已评分", "已投票")] + [Column("", "状态")]
        rows = []
        for slot in self.slots:
            recused = sum(each.recusal not in ("", PanelSheet.NONE) for each in self.sheets[slot.pk])
            cells = [Cell(str(slot.order), numeric=True), Cell(slot.application_number), Cell(slot.applicant_name)]
            cells += [Cell(slot.host_name), Cell(slot.field_name), Cell(str(recused), numeric=True)]
            cells += [Cell(self.handed_in(slot), numeric=True), Cell(self.votes(slot), numeric=True), standing(slot)]
            rows.append(Row(cells))
        return Table(columns, rows, "候选人（按抽签顺序）", compact=True)

    def token(self) -> str:
        """Changes whenever something happens that this page shows."""
        people = [(each.pk, each.is_present) for each in self.members]
        rows = [each for sheets in self.sheets.values() for each in sheets]
        sheets = sum(each.submitted_at is not None for each in rows), sum(bool(each.recusal) for each in rows)
        return digest(_of(self.meeting), people, self.signed, sheets, len(self.voted), *map(_of, self.slots))


def presence(member: Member) -> Cell:
    if member.signed_in_at is None:
        return Cell("未签到", tag="grey")
    moment = clock_text(member.left_at or member.signed_in_at)[:5]
    return Cell(f"{moment} 签到", tag="green") if member.left_at is None else Cell(f"{moment} 离会", tag="amber")


def standing(slot: Slot) -> Cell:
    if not _runs(slot):
        return Cell("已取消资格", tag="red")
    return Cell(slot.state_label(), tag=slot.colours[slot.state])


def _runs(slot: Slot) -> bool:
    return slot.application.state != "disqualified"


def clock_of(slot: Slot, at: datetime) -> dict:
    """When the candidate began, and until when presenting and questions go on; seconds left of both (Art. 18)."""
    settings = slot.meeting.settings
    ends = slot.called_at + timedelta(minutes=settings["present_minutes"])
    over = ends + timedelta(minutes=settings["question_minutes"])
    words = f"{clock_text(slot.called_at)} 开始；陈述到 {clock_text(ends)[:5]}，提问到 {clock_text(over)[:5]}"
    return {"text": words, "left": [int((end - at).total_seconds()) for end in (ends, over)]}


def token_for(meeting: Meeting, member: Member, slots) -> str:
    """What a member's own page shows, and nothing of the others."""
    return digest(_of(meeting), member.is_present, *map(_of, slots))


def _of(record) -> tuple:
    return record.pk, record.state, record.version


def digest(*parts) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:16]


def results_table(meeting: Meeting) -> Table:
    """Scores and ballots of every candidate, as they were counted when the meeting closed."""
    columns = [Column("", "签号", numeric=True)]
    columns += [Column("", label) for label in ("申报编号", "申报人")]
    numbers = ("评分份数", "会评得分", "标准差", "同意", "反对", "弃权")
    columns += [*(Column("", label, numeric=True) for label in numbers), Column("", "表决")]
    rows = []
    for each in SlotResult.objects.filter(slot__meeting=meeting).select_related("slot").order_by("slot__order"):
        slot, figures = each.slot, (each.sheets, each.score, each.spread, each.yes, each.no, each.abstain)
        cells = [Cell(str(slot.order), numeric=True), Cell(slot.application_number), Cell(slot.applicant_name)]
        cells += [Cell(str(figure), numeric=True) for figure in figures]
        cells.append(Cell("通过", tag="green") if each.passed else Cell("未通过", tag="grey"))
        rows.append(Row(cells))
    return Table(columns, rows, "会评结果", compact=True)
