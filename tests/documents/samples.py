"""Facts of the documents, fictional, long enough to fill pages."""

from itertools import cycle, islice

WORDS = (
    "针对高密度封装的热应力翘曲问题，提出分段固化与应力补偿相结合的工艺路线，经第三方检测，翘曲量由"
    "一百二十微米降到三十五微米，良率提高九个百分点，已在两条产线应用。"
)


def words(number: int) -> str:
    """So many characters of running text."""
    return "".join(islice(cycle(WORDS), number))


def fields(*pairs: tuple[str, str]) -> list[dict]:
    return [{"label": label, "value": value} for label, value in pairs]


def table(caption: str, rows: int, *labels: str) -> dict:
    columns = [{"label": "序号", "width": 8, "align": "mid"}, *({"label": label} for label in labels)]
    body = [[number, *(f"{label}内容第 {number} 项" for label in labels)] for number in range(1, rows + 1)]
    return {"caption": caption, "columns": columns, "rows": body}


def application() -> dict:
    return {
        "programme": "北京市科协“卓越工程师”成长计划",
        "title": "申　报　书",
        "cover": fields(
            ("申报编号", "ZY2026-0132"),
            ("申报人", "李建国"),
            ("依托单位", "北京甲科技有限公司"),
            ("主申报领域", "集成电路"),
            ("推荐单位", "海淀区科协"),
        ),
        "issuer": "北京市科学技术协会",
        "date": "2026年10月12日",
        "sections": [
            {
                "code": "B",
                "title": "申报人基本信息",
                "fields": [
                    *fields(("姓名", "李建国"), ("性别", "男"), ("身份证号", "110105********002X")),
                    {"label": "通讯地址", "value": "北京市海淀区中关村大街 1 号", "wide": True},
                ],
            },
            {"code": "C", "title": "学历", "tables": [table("学历", 3, "学校", "专业", "起止")]},
            {"code": "D", "title": "工作经历", "tables": [table("经历", 9, "单位", "岗位", "起止")]},
            {"code": "E", "title": "主持项目", "tables": [table("项目", 14, "名称", "来源", "起止")]},
            {"code": "F", "title": "成果", "tables": [table("专利", 12, "名称", "专利号"), table("标准", 0, "名称")]},
            {"code": "G", "title": "代表性业绩", "texts": [{"label": "业绩", "text": words(1400) + "\n" + words(100)}]},
            {"code": "I", "title": "培养计划", "texts": [{"label": "总目标", "text": words(800)}]},
        ],
        "signatures": [
            {"party": "申报人承诺", "lines": ["签字：", "日期：　　年　　月　　日"]},
            {"party": "依托单位承诺", "lines": ["负责人签字：", "日期：　　年　　月　　日"], "seal": "单位盖章"},
        ],
    }


def task_book() -> dict:
    titles = [
        "任务依据",
        "入选者与团队",
        "培养目标",
        "任务与关键技术攻关",
        "年度计划",
        "考核指标",
        "双导师与合作机制",
        "经费",
        "配套支持",
        "知识产权与保密",
        "考核与整改",
        "变更",
        "退出与追回",
        "共同条款",
        "签署",
    ]
    parties = ("甲方：北京市科学技术协会", "乙方：北京甲科技有限公司", "丙方：李建国", "见证：海淀区科协")
    lines = ["负责人（签字）：", "财务负责人（签字）：", "日期：　　年　　月　　日"]
    return {
        **{key: application()[key] for key in ("programme", "issuer", "date")},
        "title": "任　务　书",
        "cover": fields(("编号", "RW2026-0007"), ("培养期", "2027年1月至2029年12月"), ("开户行账号", "****1234")),
        "chapters": [
            {"title": title, "paragraphs": [words(160)], "tables": [table("指标", 4, "名称", "目标值")]}
            for title in titles
        ],
        "signatures": [{"party": party, "lines": lines, "seal": "盖章"} for party in parties],
    }


def assessment() -> dict:
    return {
        "title": "北京市科协“卓越工程师”成长计划中期考核表",
        "sections": [
            {"title": "基本情况", "fields": fields(("入选者", "李建国"), ("考核期", "2027年1月至2028年6月"))},
            {"title": "任务完成情况", "tables": [table("指标", 8, "目标", "实际", "完成率")]},
        ],
        "opinions": [{"label": "依托单位意见", "text": words(200)}, {"label": "推荐单位意见", "text": words(120)}],
        "result": "合格",
        "basis": "管理办法第三十条",
        "signatures": [{"party": "依托单位", "lines": ["负责人："], "seal": "盖章"}],
    }


def recommendation_list(rows: int = 12) -> dict:
    row = {
        "recommender": "海淀区科协", "gender": "男", "birth_date": "1985年3月2日", "age": "41", "exceptional": "否",
        "identity": "110105********002X", "degree": "研究生/博士", "title": "高级工程师", "engineering_months": "182",
        "leading_months": "64", "field": "集成电路", "discipline": "510", "unit": "北京甲科技有限公司",
        "uscc": "91110108MA00000018", "region": "海淀", "qualifications": "高新技术企业", "young_award": "是",
        "requested": "30.00", "matched": "30.00", "mobile": "138****0000", "email": "l***@example.cn",
        "secrecy_date": "2026年10月8日", "conclusion": "同意推荐", "remark": "",
    }  # fmt: skip
    return {
        "year": 2026,
        "recommender": "海淀区科协",
        "quota": 12,
        "rows": [{**row, "number": n, "rank": n, "name": f"人选{n}"} for n in range(1, rows + 1)],
        "filled_by": "刘洋",
        "phone": "010-8888 0000",
        "date": "2026年10月20日",
    }


def notice() -> dict:
    return {
        "title": "关于 2026 年度北京市科协“卓越工程师”成长计划拟入选人员的公示",
        "paragraphs": ["根据《管理办法》第十九条，经网络评审、会议评审和综合论证，现将拟入选人员予以公示。"],
        "from_date": "2026年12月1日",
        "to_date": "2026年12月7日",
        "working_days": 5,
        "received_by": "北京市科协人才工作部",
        "address": "北京市西城区某街 1 号",
        "phone": "010-8888 0001",
        "email": "notice@example.cn",
        "people": [{"name": f"人选{n}", "unit": "北京甲科技有限公司", "field": "集成电路"} for n in range(1, 21)],
        "issuer": "北京市科学技术协会",
        "date": "2026年12月1日",
    }  # fmt: skip


def call() -> dict:
    return {
        "masthead": "北京市科学技术协会",
        "number": "京科协发〔2026〕12 号",
        "title": "关于组织开展 2026 年度北京市科协“卓越工程师”成长计划申报工作的通知",
        "addressee": "各区科协、园区（楼宇）科协，各有关单位",
        "paragraphs": [words(300)],
        "sections": [
            {"title": "一、支持领域和名额", "tables": [table("", 6, "领域", "名额")]},
            {"title": "二、申报条件", "paragraphs": [words(200), words(160)]},
            {"title": "三、程序与时间", "paragraphs": [words(240)]},
        ],
        "attachments": ["申报书", "推荐意见", "推荐汇总表"],
        "issuer": "北京市科学技术协会",
        "date": "2026年9月1日",
        "contact": "王敏，010-8888 0001",
    }
