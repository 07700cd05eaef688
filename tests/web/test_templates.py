"""Each generic template, filled: what must stand on the page, and what the CSP forbids."""

import re

import pytest

from portal.people.actor import PUBLIC
from portal.regulation.rules import Verdict
from portal.web.components import Empty
from tests.web.pages import CLERK, REFUSED, SampleForm, finding, paginated, render, samples

SAMPLES = samples()


def page(template: str, **changes) -> str:
    return render(template, **{**SAMPLES[template], **changes})


@pytest.mark.parametrize("template", SAMPLES)
def test_every_page_has_one_heading_landmarks_and_nothing_inline(template):
    html = page(template)
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert len(re.findall(r"<main[ >]", html)) == 1
    assert '<html lang="zh-CN">' in html
    assert '<a class="skip" href="#main">跳到主要内容</a>' in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "inline script"
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html), "inline style or handler"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", html), "request to another host"


@pytest.mark.parametrize("template", SAMPLES)
def test_ids_are_unique_and_labels_point_at_inputs(template):
    html = page(template)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)
    described = [name for value in re.findall(r'aria-describedby="([^"]+)"', html) for name in value.split()]
    assert set(re.findall(r'\sfor="([^"]+)"', html)) | set(described) <= set(ids)


def test_shell_shows_who_works_and_where():
    html = page("web/record.html")
    assert "海淀智芯科技有限公司 · " in html
    assert "<small>依托单位经办人</small>" in html
    assert 'action="/logout/"' in html
    assert 'data-idle="1800" data-warn="1500"' in html
    assert "登录</a>" not in html


def test_shell_of_a_visitor_has_no_token_and_offers_to_sign_in():
    html = page("web/list.html", actor=PUBLIC)
    assert "csrfmiddlewaretoken" not in html
    assert "data-idle" not in html
    assert 'href="/login/"' in html


def test_large_version_is_a_class_of_the_document():
    html = render("web/list.html", care=True, **SAMPLES["web/list.html"])
    assert '<html lang="zh-CN" class="large">' in html
    assert "<span>标准版</span>" in html


def test_list_shows_rows_sorting_tabs_and_pages():
    html = page("web/list.html")
    assert '<a href="/apply/ZY2026-0001/">ZY2026-0001</a>' in html
    assert 'aria-sort="ascending"><a href="?sort=-ref">编号' in html
    assert '<td class="num" data-label="已等">3 天</td>' in html
    assert '<td data-label="现在轮到">推荐单位</td>' in html
    assert '<a href="?" aria-current="page">待初筛 <span class="count">12</span></a>' in html
    assert "共 186 项，第 3/10 页" in html
    assert 'href="?page=4"' in html and 'href="?page=1&amp;rows=100"' in html


def test_searching_keeps_the_tab_and_the_sorting_but_not_the_page():
    html = render("web/list.html", query="state=returned&sort=-ref&page=4&q=x", **SAMPLES["web/list.html"])
    form = html[html.index('role="search"') : html.index("</form>", html.index('role="search"'))]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form) == [("state", "returned"), ("sort", "-ref")]


def test_list_without_rows_says_why_and_what_next():
    html = page("web/list.html", rows=[], words="", chips=[], empty=Empty("还没有申报。", "开始填写", "/apply/new/"))
    assert "还没有申报。" in html and '<a class="btn btn-outline-primary" href="/apply/new/">开始填写</a>' in html
    assert "<table" not in html


def test_list_without_matches_offers_to_clear_the_filter():
    html = page("web/list.html", rows=[])
    assert "没有符合条件的记录。" in html and "清空筛选条件" in html


def test_a_short_list_has_no_page_links():
    html = page("web/list.html", pagination=paginated(2))
    assert "共 2 项" in html and 'aria-label="翻页"' not in html


def test_record_links_what_may_be_done_and_explains_what_may_not():
    html = page("web/record.html")
    assert '<a class="btn btn-primary" href="/s/">初筛合格</a>' in html
    assert 'href="/n/"' not in html
    assert "推荐名额已满（3/3）" in html and "（第十三条（四））" in html
    assert "办理后不能撤销" in html
    assert "<dt>备注</dt><dd>—</dd>" in html
    assert 'aria-current="step">初筛' in html
    assert "请补验收证明。" in html


def test_step_repeats_the_verb_and_offers_a_way_back():
    html = page("web/step.html")
    assert '<button class="btn btn-primary" type="submit">不予推荐</button>' in html
    assert '<a href="/recommend/ZY2026-0001/">返回，不执行</a>' in html
    assert '<input type="hidden" name="version" value="3"' in html
    assert "办理后不能撤销" in html and "单位会收到通知。" in html
    assert "novalidate" in html


def test_step_with_errors_lists_them_keeps_the_values_and_marks_the_title():
    form = SampleForm({"intro": "字" * 327, "money": "三十", "version": "3"})
    form.full_clean()
    html = page("web/step.html", form=form)
    assert "<title>错误：" in html
    assert "有 4 处需要修改" in html
    assert '<a href="#id_intro">项目简介最多 300 字，现在 327 字，请删减 27 字</a>' in html
    assert '<a href="#id_role_0">请选择角色</a>' in html
    assert "字" * 327 in html and 'value="三十"' in html
    assert 'aria-describedby="id_intro_helptext id_intro_error id_intro_counter"' in html
    assert 'aria-invalid="true"' in html


def test_step_refused_says_why_with_its_article():
    html = page("web/step.html", refused=REFUSED)
    assert "<title>错误：" in html
    assert "“提交”现在不能办理" in html
    assert "申报窗口已于 2026年10月15日 17:00 截止" in html and "（第十三条（三））" in html


def test_approval_offers_both_answers():
    html = page("web/approve.html")
    assert 'name="decision" value="approve">审查不通过' in html
    assert 'name="decision" value="decline">不同意，退回拟办人' in html
    assert 'name="decline_reason"' in html and "超龄" in html


def test_section_saves_itself_and_has_both_buttons():
    html = page("web/section.html")
    assert 'data-autosave="/apply/1/s/e/autosave/"' in html
    assert "保存并继续" in html and "保存草稿" in html
    assert 'role="status" data-save-state>未修改' in html


def test_tasks_link_names_only():
    html = page("web/tasks.html")
    assert '<a href="/s/a/" aria-describedby="task-1-1">基本信息</a><span id="task-1-1">已完成</span>' in html
    assert '<span class="tag tag-red">有 1 处错误</span>' in html
    assert '<span class="muted">检查并提交</span>' in html
    assert '<progress class="bar" value="2" max="9"' in html


def test_dashboard_has_a_number_beside_every_bar():
    html = page("web/dashboard.html")
    assert '<progress class="bar bar-wide" value="186" max="210" aria-label="提交 186"></progress>' in html
    assert '<td class="num">186</td>' in html and "数据截至 10:40" in html


def test_conflict_shows_both_versions_with_a_choice():
    html = page("errors/409.html")
    assert "我写的" in html and "对方写的" in html
    assert 'name="keep-intro" value="mine"' in html and 'name="keep-intro" value="theirs"' in html
    assert "第 3 版，修改于 2026年10月12日 10:00" in html


def test_denied_says_who_could_and_sends_visitors_to_sign_in():
    html = page("errors/403.html")
    assert "这个操作由“推荐单位经办人”办理。您现在的身份是“依托单位经办人”。" in html
    visitor = page("errors/403.html", actor=PUBLIC)
    assert "请先登录" in visitor and '/login/?next=%2Fapply%2F"' in visitor


def test_every_verdict_has_a_colour():
    items = [finding(verdict, "…") for verdict in Verdict]
    html = render("errors/422.html", CLERK, refused=type("R", (), {"step_label": "提交", "findings": items}))
    assert re.findall(r"tag-(\w+)\">(符合|不符合|待人工核实|优先)", html) == [
        ("green", "符合"),
        ("red", "不符合"),
        ("amber", "待人工核实"),
        ("purple", "优先"),
    ]
