"""The figures that a cycle sets beside its dates: each with its bounds, its default and the article it serves. Pure.

`cycle.settings` holds a value for every key of SETTINGS, in these forms:

    integer   17            percent   150 (of hundred)
    share     [2, 3]        choice    the code of a choice        boolean   true
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.regulation.articles import Article


@dataclass(frozen=True)
class Setting:
    """One figure. least and most are inclusive; unit is printed behind the input."""

    key: str
    label: str
    group: str
    article: Article
    default: Any
    kind: str = "integer"
    least: int = 0
    most: int = 0
    unit: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def problem(self, value: Any) -> str:
        """What is wrong with a value, in words; empty when nothing is."""
        return getattr(self, f"_{self.kind}")(value)

    def _integer(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return ""
        return f"“{self.label}”应是 {self.least} 到 {self.most} 的整数"

    _percent = _integer

    def _boolean(self, value: Any) -> str:
        return "" if isinstance(value, bool) else f"“{self.label}”应选是或否"

    def _choice(self, value: Any) -> str:
        return "" if value in dict(self.choices) else f"请选择“{self.label}”"

    def _share(self, value: Any) -> str:
        """At least a half, at most all."""
        is_pair = isinstance(value, list) and len(value) == 2 and all(type(part) is int for part in value)
        if is_pair and 0 < value[0] <= value[1] <= 100 and 2 * value[0] >= value[1]:
            return ""
        return f"“{self.label}”应写成不小于 1/2、不大于 1 的分数，例如 2/3"

    def shown(self, value: Any) -> str:
        """The value as people read it."""
        if self.kind == "share":
            return f"{value[0]}/{value[1]}"
        if self.kind == "choice":
            return dict(self.choices).get(value, "")
        if self.kind == "boolean":
            return "是" if value else "否"
        return f"{value} {self.unit}".strip()


REVIEW, NETWORK, PANEL, PUBLICITY = "资格审查", "网络评审", "会议评审", "公示与异议"
FUNDS, ASSESSMENT, EXIT = "经费", "考核", "退出"
_A15, _A17, _A18, _A19, _A20, _A31, _A32, _A33 = map(Article, (15, 17, 18, 19, 20, 31, 32, 33))

SETTINGS: tuple[Setting, ...] = (
    Setting("max_corrections", "补正次数上限", REVIEW, _A15, 1, least=0, most=5, unit="次"),
    Setting("correction_days", "补正期限", REVIEW, _A15, 5, least=1, most=30, unit="个工作日"),
    Setting("experts_per_application", "每份申报的专家数", NETWORK, _A17, 3, least=3, most=15, unit="位"),
    Setting("expert_load_max", "每位专家的份数上限", NETWORK, _A17, 30, least=1, most=200, unit="份"),
    Setting(
        "same_employer_max", "每份申报中同一单位专家上限", NETWORK, _A17, 1, least=1, most=15, unit="位",
    ),
    Setting("avoid_max", "依托单位可申请回避的专家数", NETWORK, _A17, 3, least=0, most=10, unit="位"),
    Setting("conflict_years", "曾同单位须回避的年限", NETWORK, _A33, 3, least=0, most=10, unit="年"),
    Setting("avoid_same_recommender", "同一推荐单位的专家须回避", NETWORK, _A33, False, "boolean"),
    Setting(
        "score_method", "网络评审计分方法", NETWORK, _A18, "trimmed", "choice",
        choices=(("mean", "平均分"), ("trimmed", "去掉最高、最低后的平均分"), ("standardised", "按专家标准化的分数")),
    ),
    Setting(
        "trim_from", "去掉最高、最低分的专家数起点", NETWORK, _A18, 5, least=3, most=15, unit="位",
        hint="专家不足此数时取平均分",
    ),
    Setting("spread_alert", "分歧提示的标准差", NETWORK, _A18, 12, least=1, most=50, unit="分"),
    Setting("comment_min", "评语最少字数", NETWORK, _A18, 30, least=0, most=500, unit="字"),
    Setting("comment_max", "评语最多字数", NETWORK, _A18, 500, least=50, most=2000, unit="字"),
    Setting("extreme_low", "须另附理由的低分（含）", NETWORK, _A18, 2, least=0, most=10, unit="分"),
    Setting("extreme_high", "须另附理由的高分（含）", NETWORK, _A18, 9, least=0, most=10, unit="分"),
    Setting("extreme_comment_min", "另附理由的最少字数", NETWORK, _A18, 50, least=0, most=500, unit="字"),
    Setting(
        "panel_factor", "入围会议评审的比例", NETWORK, _A17, 150, "percent", least=100, most=500, unit="%",
        hint="占领域名额的百分比，向上取整",
    ),
    Setting("panel_members", "会议评审专家数", PANEL, _A17, 9, least=7, most=31, unit="位", hint="单数"),
    Setting("quorum", "到会比例", PANEL, _A17, [2, 3], "share"),
    Setting("pass_share", "同意票比例", PANEL, _A18, [2, 3], "share", hint="占到会专家"),
    Setting("present_minutes", "陈述时间", PANEL, _A18, 10, least=1, most=60, unit="分钟"),
    Setting("question_minutes", "提问时间", PANEL, _A18, 10, least=0, most=60, unit="分钟"),
    Setting("network_weight", "综合分中网络评审的权重", PANEL, _A19, 40, "percent", least=0, most=100, unit="%"),
    Setting("panel_weight", "综合分中会议评审的权重", PANEL, _A19, 60, "percent", least=0, most=100, unit="%"),
    Setting("publicity_days", "公示期", PUBLICITY, _A19, 5, least=5, most=30, unit="个工作日"),
    Setting("objection_days", "异议核查期限", PUBLICITY, _A19, 10, least=1, most=60, unit="个工作日"),
    Setting(
        "tranche_first", "第一期拨付比例", FUNDS, _A20, 50, "percent", least=1, most=98, unit="%",
        hint="任务书生效、专门账户核验后",
    ),
    Setting(
        "tranche_second", "第二期拨付比例", FUNDS, _A20, 30, "percent", least=1, most=98, unit="%",
        hint="中期考核合格后",
    ),
    Setting(
        "tranche_third", "第三期拨付比例", FUNDS, _A20, 20, "percent", least=1, most=98, unit="%",
        hint="期满考核合格后",
    ),
    Setting("rectification_days", "负面清单整改期限", FUNDS, _A31, 30, least=5, most=90, unit="个工作日"),
    Setting("excellent_from", "优秀的最低分", ASSESSMENT, _A32, 85, least=1, most=100, unit="分"),
    Setting("qualified_from", "合格的最低分", ASSESSMENT, _A32, 60, least=1, most=100, unit="分"),
    Setting("rectify_months", "整改期限", ASSESSMENT, _A32, 3, least=1, most=12, unit="个月"),
    Setting("rectify_times", "整改次数上限", ASSESSMENT, _A32, 1, least=1, most=3, unit="次"),
    Setting("defence_days", "陈述申辩期限", EXIT, _A31, 10, least=5, most=60, unit="个工作日"),
)  # fmt: skip

BY_KEY = {setting.key: setting for setting in SETTINGS}


def defaults() -> dict[str, Any]:
    """A fresh copy of every default."""
    return {each.key: list(each.default) if each.kind == "share" else each.default for each in SETTINGS}


def grouped() -> Iterator[tuple[str, list[Setting]]]:
    """(group, its settings) in the order of the table."""
    for group in dict.fromkeys(each.group for each in SETTINGS):
        yield group, [each for each in SETTINGS if each.group == group]


def problems(values: Mapping[str, Any]) -> dict[str, str]:
    """{key: what is wrong}; the key of a fault between two figures is that of the second. Empty when all is sound."""
    found = {each.key: each.problem(values.get(each.key)) for each in SETTINGS}
    found = {key: message for key, message in found.items() if message}
    if unknown := sorted(set(values) - BY_KEY.keys()):
        found[unknown[0]] = f"没有名为“{unknown[0]}”的设置"
    return found or _between(values)


def _between(values: Mapping[str, Any]) -> dict[str, str]:
    weights = values["network_weight"] + values["panel_weight"]
    tranches = values["tranche_first"] + values["tranche_second"] + values["tranche_third"]
    checks = {
        "panel_weight": (weights == 100, f"网络评审和会议评审的权重合计应为 100%，现在是 {weights}%"),
        "tranche_third": (tranches == 100, f"三期拨付比例合计应为 100%，现在是 {tranches}%"),
        "panel_members": (values["panel_members"] % 2 == 1, "会议评审专家数应为单数"),
        "extreme_high": (values["extreme_low"] < values["extreme_high"], "须另附理由的高分应高于低分"),
        "comment_max": (values["comment_min"] <= values["comment_max"], "评语最多字数不能少于最少字数"),
        "excellent_from": (values["qualified_from"] < values["excellent_from"], "优秀的最低分应高于合格的最低分"),
        "same_employer_max": (
            values["same_employer_max"] <= values["experts_per_application"],
            "同一单位专家上限不能超过每份申报的专家数",
        ),
    }
    return {key: message for key, (sound, message) in checks.items() if not sound}


def rubric_problems(rubrics: Mapping[str, Any]) -> dict[str, str]:
    """{rubric: what is wrong}: each has criteria with positive weights that sum to 100."""
    found = {}
    for key, rubric in rubrics.items():
        weights = [criterion["weight"] for criterion in rubric["criteria"]]
        if not weights or min(weights) < 1:
            found[key] = f"“{rubric['name']}”每项权重至少为 1"
        elif sum(weights) != 100:
            found[key] = f"“{rubric['name']}”权重合计应为 100，现在是 {sum(weights)}"
    return found
