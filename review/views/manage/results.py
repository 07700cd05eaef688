"""得分、名次、离散度 of the network review (Art. 17, 18, 33)."""

from django.http import Http404

from applications import cycle_settings
from portal.web.components import Cell, Column, Row, Table
from portal.web.views import OfRecord
from review import standing
from review.commands import round as commands
from review.models import Result, Round
from review.results import OUTLIER_GAP, shown
from review.views.manage.rounds import OfRound

FLAGS = {"few": ("评分不足", "red"), "spread": ("分歧较大", "amber"), "tie": ("同分", "blue")}


class Results(OfRound, OfRecord):
    """For secretary, supervisor and auditor, each look an event."""

    action = "round.results"
    template_name = "review/results.html"

    def allow(self) -> None:
        super().allow()
        if self.record.state not in ("closed", "confirmed"):
            raise Http404

    def get(self, request, *args, **kwargs):
        commands.look_at_results(self.record, actor=self.actor, at=self.at)
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        round = self.record
        names = {field.code: field.name for field in round.cycle.fields.all()}
        lines = round.lines or round.draw_lines()
        rows = confirmed_rows(round) if round.state == "confirmed" else standing_rows(round)
        fields = [
            (names[code], lines[code], results_table([row for row in rows if row["field"] == code], lines[code]))
            for code in names
            if code in lines
        ]
        method = cycle_settings.BY_KEY["score_method"].shown(round.settings["score_method"])
        return {
            "title": f"{round.number} 网评结果",
            "round": round,
            "method": method,
            "fields": fields,
            "back_url": self.back_url(),
            "gap": OUTLIER_GAP,
        }


def standing_rows(round: Round) -> list[dict]:
    """As the sheets stand now."""
    people = {each.number: each for each in round.applications().select_related("organisation")}
    return [
        {
            "number": each.number,
            "name": people[each.number].applicant_name,
            "host": people[each.number].organisation.name,
            "field": each.field,
            "rank": each.rank,
            "count": each.count,
            "score": shown(each.score),
            "mean": shown(each.mean),
            "spread": shown(each.spread),
            "flags": each.flags,
            "outliers": len(each.outliers),
        }
        for each in standing.of_round(round)
    ]


def confirmed_rows(round: Round) -> list[dict]:
    """As they were confirmed."""
    results = Result.objects.filter(round=round).select_related("application", "application__organisation")
    return [
        {
            "number": each.application_number,
            "name": each.application.applicant_name,
            "host": each.application.organisation.name,
            "field": each.field,
            "rank": each.rank,
            "count": each.sheets,
            "score": each.score,
            "mean": each.mean,
            "spread": each.spread,
            "flags": each.flags,
            "outliers": 0,
        }
        for each in results
    ]


def results_table(rows: list[dict], line: dict) -> Table:
    """Ranked rows; the first one below the line is marked."""
    columns = [Column("", "名次", numeric=True), *(Column("", label) for label in ("编号", "申报人", "依托单位"))]
    columns += [Column("", label, numeric=True) for label in ("有效评分", "得分", "平均分", "标准差")]
    columns += [Column("", "提示"), Column("", "入围")]
    body = []
    for row in rows:
        hints = [FLAGS[flag][0] for flag in row["flags"]] + (["有离群评分"] if row["outliers"] else [])
        through = row["number"] in line["through"]
        numbers = (row["count"], *(("—" if row[key] is None else row[key]) for key in ("score", "mean", "spread")))
        body.append(
            Row(
                [
                    Cell("—" if row["rank"] is None else str(row["rank"]), numeric=True),
                    Cell(row["number"]),
                    Cell(row["name"]),
                    Cell(row["host"]),
                    *(Cell(str(number), numeric=True) for number in numbers),
                    Cell("、".join(hints) or "—", tag="amber" if hints else None),
                    Cell("入围", tag="green") if through else Cell("未入围", tag="grey"),
                ]
            )
        )
    return Table(columns, body, "网评结果")
