"""The columns of the 推荐汇总表 in their official order: one a column in Excel, stacked in groups on paper."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ListColumn:
    """key in a row of facts, label, width in Excel characters."""

    key: str
    label: str
    width: int = 10


COLUMNS = tuple(
    ListColumn(*column)
    for column in [
        ("number", "序号", 6),
        ("recommender", "推荐单位", 18),
        ("rank", "推荐排序", 9),
        ("name", "姓名", 10),
        ("gender", "性别", 6),
        ("birth_date", "出生日期", 14),
        ("age", "年龄（截止日）", 9),
        ("exceptional", "特优", 6),
        ("identity", "身份证号（脱敏）", 21),
        ("degree", "学历学位", 14),
        ("title", "职称", 14),
        ("engineering_months", "工程年限（月）", 9),
        ("leading_months", "主持项目年限（月）", 9),
        ("field", "主申报领域", 18),
        ("discipline", "学科代码", 9),
        ("unit", "依托单位", 28),
        ("uscc", "统一社会信用代码", 21),
        ("region", "注册区", 9),
        ("qualifications", "单位类型资质", 20),
        ("young_award", "北京优青", 9),
        ("requested", "申请资助（万元）", 10),
        ("matched", "单位配套（万元）", 10),
        ("mobile", "手机", 14),
        ("email", "邮箱", 22),
        ("secrecy_date", "保密审查日期", 14),
        ("conclusion", "推荐意见结论", 14),
        ("remark", "备注", 16),
    ]
)
LABELS = {column.key: column.label for column in COLUMNS}

# On paper: width in percent, and the keys that share a cell. The recommending unit stands in the head.
GROUPS = (
    (5, ("number", "rank")),
    (6, ("name", "gender")),
    (9, ("birth_date", "age", "exceptional")),
    (11, ("identity",)),
    (8, ("degree", "title")),
    (7, ("engineering_months", "leading_months")),
    (8, ("field", "discipline")),
    (14, ("unit", "uscc", "region")),
    (7, ("qualifications", "young_award")),
    (6, ("requested", "matched")),
    (10, ("mobile", "email")),
    (9, ("secrecy_date", "conclusion", "remark")),
)
