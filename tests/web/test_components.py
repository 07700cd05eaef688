"""The component tags: what they refuse, what they escape, how a field is put together."""

import re

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError

from portal.web.components import Cell, Column, Row, head_html, rows_html, tag_html
from portal.web.fielding import problems_of
from tests.web.pages import SampleForm


def show(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% field form.intro colour='red' %}",
        "{% table value sticky=True %}",
        "{% panel heading='x' %}{% endpanel %}",
        "{% bars items %}",
        "{% tag 'x' tone='red' %}",
        "{% facts items compact=True %}",
    ],
)
def test_unknown_attributes_are_refused_when_the_template_is_compiled(source):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}" + source)


def test_colours_edges_icons_and_widths_outside_their_lists_are_refused():
    for source in ("{% tag 'x' 'pink' %}", "{% panel edge='pink' %}{% endpanel %}", "{% icon 'unicorn' %}"):
        with pytest.raises(ValueError):
            show(source)
    with pytest.raises(ValueError):
        show("{% field form.intro width=7 %}", form=SampleForm())


def test_an_icon_is_hidden_from_readers():
    assert '<svg class="icon" aria-hidden="true" focusable="false"><use href="' in show("{% icon 'printer' %}")


def test_rows_are_escaped_everywhere():
    nasty = "<script>alert('x')</script>\""
    row = Row([Cell(nasty, url='/x?a="b'), Cell(nasty, tag="red")], now_with=nasty, mark=nasty)
    html = rows_html([Column("a", nasty), Column("b", nasty)], [row], True)
    assert "<script" not in html and '"b' not in html
    assert html.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;") == 6
    assert "<script" not in head_html([Column("a", nasty, sort_url='"><script>')])
    assert tag_html("<b>", "green") == '<span class="tag tag-green">&lt;b&gt;</span>'


def test_a_row_with_too_few_cells_is_an_error_not_a_shifted_table():
    with pytest.raises(ValueError):
        rows_html([Column("a", "甲"), Column("b", "乙")], [Row([Cell("只有一格")])])


def test_numbers_stand_right_by_column_or_by_cell():
    columns = [Column("a", "甲"), Column("b", "乙", numeric=True), Column("c", "丙")]
    html = rows_html(columns, [Row([Cell("1"), Cell("2"), Cell("3", numeric=True)])])
    assert re.findall(r'class="num" data-label="(.)"', html) == ["乙", "丙"]


def test_the_first_column_freezes_above_eight_columns():
    def table(count):
        columns = [Column(str(n), str(n)) for n in range(count)]
        return show("{% table_of columns rows caption='表' %}", columns=columns, rows=[Row([Cell("x")] * count)])

    assert "table-freeze" not in table(8)
    assert "table-freeze" in table(9)


def test_field_puts_label_hint_error_input_counter_in_this_order():
    form = SampleForm({"intro": "字" * 301})
    form.full_clean()
    html = show("{% field form.intro %}", form=form)
    places = [
        html.index(mark) for mark in ("<label", 'class="hint"', 'class="field-err"', "<textarea", 'class="counter"')
    ]
    assert places == sorted(places)
    assert "选填" not in html and "required" not in html and "*" not in html


def test_field_marks_what_may_stay_empty_and_shows_its_unit():
    html = show("{% field form.money %}", form=SampleForm())
    assert '项目经费<span class="optional">（选填）</span>' in html and "<span>万元</span>" in html
    assert "选填" not in show("{% field form.money plain=True %}", form=SampleForm())


def test_field_never_lets_the_browser_cut_a_pasted_text():
    class Short(forms.Form):
        name = forms.CharField(max_length=5)
        note = forms.CharField(max_length=9, widget=forms.Textarea)

    html = show("{% fields form %}", form=Short())
    assert "maxlength" not in html
    assert 'data-limit="9"' in html


def test_field_of_choices_is_a_group_with_a_legend():
    html = show("{% field form.role %}", form=SampleForm())
    assert "<legend>角色</legend>" in html
    assert html.count('class="form-check-input"') == 2
    assert '<label class="form-check-label" for="id_role_1">骨干</label>' in html


def test_sensitive_fields_say_so_to_the_autosave():
    assert 'data-sensitive="true"' in show("{% field form.intro sensitive=True %}", form=SampleForm())
    assert "data-sensitive" not in show("{% field form.intro %}", form=SampleForm())


def test_error_summary_covers_forms_and_formsets_in_page_order():
    class Line(forms.Form):
        title = forms.CharField(label="名称", error_messages={"required": "请填写名称"})

    class Whole(forms.Form):
        a = forms.CharField(error_messages={"required": "请填写甲"})

        def clean(self):
            raise forms.ValidationError("合计不一致")

    lines = forms.formset_factory(Line, extra=2)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-1-title": ""}
    )
    lines.forms[1].empty_permitted = False
    found = [(problem.message, problem.target) for problem in problems_of(Whole({}), lines)]
    assert found == [("合计不一致", ""), ("请填写甲", "id_a"), ("请填写名称", "id_form-1-title")]
    assert problems_of(Whole()) == []


def test_filters_format_for_people():
    from tests.web.pages import AT

    assert show("{{ fen|money }} {{ fen|yuan }} {{ fen|money_words }}", fen=30_000_000) == (
        "30.00 万元 300,000.00 元 人民币叁拾万元整"
    )
    assert (
        show("{{ at|instant }} {{ at|day }} {{ at|month }}", at=AT) == "2026年10月12日 10:00 2026年10月12日 2026年10月"
    )
    assert show("{% due at at %}", at=AT) == "2026年10月12日 10:00（已截止）"
