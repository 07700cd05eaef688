"""The scripts in a real browser, on pages rendered from the generic templates; answers are played by the test."""

import pytest

from tests.site import AUTOSAVE, HOST, Site, faults
from tests.site import browser as chromium_browser
from tests.web.pages import SampleForm, render, samples

pytestmark = pytest.mark.journey
FORM = "/apply/1/s/e/"
MINUTE = 60_000  # ms
LOCKED = {"by": "王敏", "since": "10:40", "view_url": "/v/", "take_over_url": "/t/"}


@pytest.fixture(scope="module")
def browser():
    with chromium_browser() as launched:
        yield launched


@pytest.fixture
def site(browser):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", bypass_csp=False)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    yield Site(page)
    context.close()
    assert complaints == []


class Secret(SampleForm):
    """With an identity number that must not stay on the device."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        from django import forms

        self.fields["id_number"] = forms.CharField(
            label="身份证号", required=False, widget=forms.TextInput(attrs={"data-sensitive": "true"})
        )


def section(form=None) -> str:
    return render(
        "web/section.html", **{**samples()["web/section.html"], "autosave_url": AUTOSAVE, "form": form or Secret()}
    )


def frozen(site: Site) -> None:
    """The form with its scripts at work, on a clock that only the test moves."""
    site.page.clock.install(time=1_800_000_000)
    site.open(FORM, section())
    site.page.wait_for_function("document.getElementById('id_intro_counter').textContent.startsWith('还可以')")
    site.page.wait_for_load_state("networkidle")
    site.page.clock.pause_at(1_800_000_060)


def test_error_summary_takes_the_focus_and_leads_to_the_fields(site):
    form = SampleForm({"intro": "字" * 327})
    form.full_clean()
    site.open(FORM, section(form))
    page = site.page
    assert page.title().startswith("错误：")
    page.wait_for_function("document.activeElement.id === 'errsum'")
    for words, field in (("项目简介最多", "id_intro"), ("请选择角色", "id_role_0")):
        page.click(f".errsum a:has-text('{words}')")
        assert page.evaluate("document.activeElement.id") == field


def test_counter_counts_like_the_server_and_cuts_nothing(site):
    site.open(FORM, section())
    page = site.page
    page.wait_for_function("document.getElementById('id_intro_counter').textContent === '还可以写 300 字'")
    text = "字" * 325 + "😀𠮷"
    page.fill("#id_intro", text + "\r\n")
    assert page.inner_text("#id_intro_counter") == "已超出 27 字"
    assert page.input_value("#id_intro").strip() == text


def test_autosave_sends_what_changed_three_seconds_after_typing(site):
    frozen(site)
    site.page.focus("#id_intro")
    site.page.keyboard.insert_text("先进封装")
    site.page.clock.run_for(2_900)
    assert site.saves() == []
    site.page.clock.run_for(200)
    site.until_state("已自动保存　10:42:15")
    assert site.saves() == [{"version": ["3"], "changed": ["intro"], "intro": ["先进封装"]}]
    assert site.page.input_value("[name=version]") == "4"
    site.page.clock.run_for(60_000)
    assert len(site.saves()) == 1, "nothing new, nothing sent"


def test_autosave_on_leaving_a_field_and_of_cleared_choices(site):
    site.open(FORM, section(Secret({"sure": "on", "intro": "旧", "version": "3"})))
    site.page.wait_for_load_state("networkidle")
    site.page.uncheck("#id_sure")
    site.page.focus("#id_intro")
    site.until_state("已自动保存")
    assert site.saves() == [{"version": ["3"], "changed": ["sure"]}]


def test_autosave_waits_while_an_input_method_composes(site):
    frozen(site)
    site.page.focus("#id_intro")
    compose = "name => document.activeElement.dispatchEvent(new CompositionEvent(name, {bubbles: true}))"
    site.page.evaluate(compose, "compositionstart")
    site.page.keyboard.insert_text("xianjin")
    site.page.clock.run_for(12_000)
    assert site.saves() == []
    site.page.evaluate(compose, "compositionend")
    site.page.clock.run_for(3_100)
    site.until_state("已自动保存")
    assert len(site.saves()) == 1


def test_unsent_text_survives_a_reload_but_never_a_sensitive_number(site):
    site.answer = None
    site.open(FORM, section())
    site.page.wait_for_load_state("networkidle")
    site.page.fill("#id_intro", "没有网络时写的")
    site.page.fill("#id_id_number", "11010519491231002X")
    site.page.focus("#id_money")
    site.until_state("网络不通，内容暂存在本机，恢复后自动保存")
    kept = site.page.evaluate("JSON.stringify(sessionStorage)")
    assert "没有网络时写的" in kept and "11010519491231002X" not in kept
    assert site.page.evaluate("JSON.stringify(localStorage)").find("没有网络") == -1
    site.answer = (200, {"version": 4, "saved_at": "10:43:00"})
    site.page.reload()
    site.until_state("已自动保存　10:43:00")
    assert site.page.input_value("#id_intro") == "没有网络时写的"
    assert site.page.evaluate("Object.keys(sessionStorage).length") == 0


@pytest.mark.parametrize(
    ("answer", "words", "action"),
    [
        ((409, {}), "此部分已在另一窗口修改", "查看差异"),
        ((423, LOCKED), "已锁定：王敏正在填写（10:40 起）", "接手填写"),
        ((422, {"reason": "申报窗口已经截止（第十三条（三））。"}), "申报窗口已经截止（第十三条（三））。", ""),
        ((403, {}), "已自动退出，内容暂存在本机", "重新登录"),
        ((500, {}), "保存失败，10 秒后重试", "立即重试"),
    ],
)
def test_a_refused_autosave_says_what_happened_and_what_to_do(site, answer, words, action):
    site.answer = answer
    site.open(FORM, section())
    site.page.wait_for_load_state("networkidle")
    site.page.fill("#id_intro", "新内容")
    site.page.focus("#id_money")
    site.until_state(words)
    assert action in site.state()
    assert site.page.input_value("#id_intro") == "新内容"


def test_a_failed_autosave_is_tried_again_by_itself(site):
    site.answer = (500, {})
    frozen(site)
    site.page.focus("#id_intro")
    site.page.keyboard.insert_text("一")
    site.page.clock.run_for(3_100)
    site.until_state("保存失败")
    site.answer = (200, {"version": 4, "saved_at": "10:44:00"})
    site.page.clock.run_for(10_100)
    site.until_state("已自动保存　10:44:00")


def test_idle_time_warns_goes_on_and_finally_signs_out(site):
    page = site.page
    frozen(site)
    page.focus("#id_intro")
    page.keyboard.insert_text("一")
    page.clock.run_for(24 * MINUTE)
    assert page.locator(".dialog").count() == 0
    page.clock.run_for(MINUTE + 10_000)
    dialog = page.get_by_role("alertdialog", name="登录即将超时")
    assert "为保护信息，5 分钟内没有操作将自动退出。已填写的内容已保存。" in dialog.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "继续填写"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "保存并退出"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "继续填写"
    page.keyboard.press("Escape")
    assert page.locator(".dialog").count() == 0
    assert page.evaluate("document.activeElement.id") == "id_intro"
    page.wait_for_timeout(100)
    assert "/me/ping/" in [path for path, _ in site.posts]
    page.clock.run_for(28 * MINUTE + 10_000)
    assert "还有 2 分钟自动退出" in page.text_content("#idle-live")
    page.clock.run_for(3 * MINUTE)
    page.wait_for_url(f"{HOST}/login/?expired=1&next=%2Fapply%2F1%2Fs%2Fe%2F")
    assert "/logout/" in [path for path, _ in site.posts]


def test_care_changes_the_page_without_a_reload(site):
    site.open(FORM, section())
    page = site.page
    page.fill("#id_intro", "写到一半")
    page.click("button:has-text('关怀版')")
    page.wait_for_selector("html.large")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert page.inner_text("form[data-care]") == "标准版"
    assert page.input_value("#id_intro") == "写到一半"
    assert "/me/care/" in [path for path, _ in site.posts]


def test_signing_out_leaves_nothing_on_the_device(site):
    site.open(FORM, section())
    site.page.wait_for_load_state("networkidle")
    site.page.evaluate("sessionStorage.setItem('draft:7:/x/', '{}')")
    site.page.click("button:has-text('退出')")
    site.page.wait_for_timeout(100)
    assert site.page.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_form_is_sent_once(site):
    site.open(FORM, section())
    site.page.wait_for_load_state("networkidle")
    site.page.evaluate("for (let i = 0; i < 3; i += 1) document.querySelector('.savebar button').click()")
    site.page.wait_for_timeout(200)
    assert [path for path, _ in site.posts] == [FORM]


UPLOAD = """<form method="post" action="/files/" enctype="multipart/form-data" data-upload id="files-a" novalidate>
<div class="field"><label for="f">任务书</label><input class="form-control" type="file" id="f" name="file"></div>
<button class="btn btn-primary" type="submit">上传</button></form></main>"""


def upload_page() -> str:
    return render("web/create.html", **samples()["web/create.html"]).replace("</main>", UPLOAD)


def choose(site, answer) -> None:
    """Opens the page, plays `answer` for the upload, sends a file."""
    site.page.route(f"{HOST}/files/", answer)
    site.open(FORM, upload_page())
    site.page.wait_for_load_state("networkidle")
    site.page.set_input_files("#f", {"name": "任务书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    site.page.click("button:has-text('上传')")


def test_an_upload_that_is_kept_opens_the_page_anew(site):
    sent = []

    def keep(route):
        if route.request.method == "POST":
            sent.append(route.request.post_data_buffer)
        route.fulfill(status=200, body="<!doctype html><title>ok</title>")

    choose(site, keep)
    site.page.wait_for_url(f"{HOST}/files/#files-a")
    assert len(sent) == 1 and b"%PDF-1.7" in sent[0]


def test_a_refused_upload_says_why_and_keeps_the_page(site):
    refusal = '<div class="errsum"><ul><li>文件 34 MB，超过 20 MB。</li><li>PDF 有打开密码</li></ul></div>'
    choose(site, lambda route: route.fulfill(status=422, body=refusal, content_type="text/html; charset=utf-8"))
    site.page.wait_for_selector(".upload-state .savestate-bad")
    assert site.page.inner_text(".upload-state .savestate-bad") == "文件 34 MB，超过 20 MB。；PDF 有打开密码"
    assert site.page.evaluate("document.getElementById('f').files.length") == 1


def test_a_broken_upload_says_how_to_go_on(site):
    choose(site, lambda route: route.abort())
    site.page.wait_for_selector(".upload-state .savestate-bad")
    assert site.page.inner_text(".upload-state .savestate-bad").startswith("网络中断，已上传 ")


@pytest.mark.parametrize(("width", "care"), [(1366, False), (834, True), (320, False)])
@pytest.mark.parametrize("template", sorted(samples()))
def test_generic_pages_are_accessible_and_never_scroll_sideways(browser, template, width, care):
    context = browser.new_context(viewport={"width": width, "height": 1112}, locale="zh-CN")
    try:
        site = Site(context.new_page())
        site.open("/x/", render(template, care=care, **samples()[template]))
        site.page.wait_for_load_state("networkidle")
        assert faults(site.page) == []
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert site.page.evaluate(overflow) == 0
    finally:
        context.close()


def test_the_accessibility_check_finds_planted_faults(site):
    html = render("web/list.html", **samples()["web/list.html"])
    planted = html.replace(' lang="zh-CN"', "").replace('<label for="q">关键词</label>', "").replace("<h1>", "<h4>")
    assert len({html, planted}) == 2
    site.open("/x/", planted)
    assert {"html-has-lang", "label"} <= {rule for rule, _ in faults(site.page)}
