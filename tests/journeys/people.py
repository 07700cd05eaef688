"""People at their browsers: each signs in through the login page and does what the page offers by its visible names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect

from fixtures.scenarios.world import World
from portal.people.models import User

SECONDS = 15  # how long anybody waits for a page


class Visitor:
    """Somebody at a browser of their own, without an account."""

    def __init__(self, browser: Browser, address: str) -> None:
        context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(SECONDS * 1000)
        self.page: Page = context.new_page()

    def open(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, *links: str) -> None:
        """Link after link, by their names."""
        for name in links:
            with self.turning_page():
                self.named("link", name).click()

    def press(self, button: str) -> None:
        with self.turning_page():
            self.named("button", button).click()

    @contextmanager
    def turning_page(self) -> Iterator[None]:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            yield

    def named(self, role: str, name: str) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True)

    def all_named(self, role: str, name: str) -> list[Locator]:
        return self.page.get_by_role("main").get_by_role(role, name=name, exact=True).all()

    # --- filling in --------------------------------------------------------------------------------------------------

    def fill(self, values: dict) -> None:
        """{label: what is typed, chosen (one or several), ticked (True) or attached ((name, kind, bytes))}."""
        for label, value in values.items():
            named = re.compile(rf"^\s*{re.escape(label)}\s*(（选填）)?\s*$")
            group = self.page.get_by_role("group", name=named)
            if group.count():
                for choice in [value] if isinstance(value, str) else value:
                    group.get_by_label(choice, exact=True).check()
            else:
                fill_in(self.page.get_by_label(named), value)

    def tick_all(self) -> None:
        """Every promise of the page."""
        for box in self.page.get_by_role("main").get_by_role("checkbox").all():
            box.check()

    def answer_all(self, choice: str) -> None:
        """The same for every question of the page."""
        for radio in self.all_named("radio", choice):
            radio.check()

    def give_marks(self, mark: int) -> None:
        """The same mark for every criterion, by the keyboard: a space for the lowest, then arrows."""
        for lowest in self.all_named("radio", "0"):
            lowest.press("Space")
            for _ in range(mark):
                self.page.keyboard.press("ArrowRight")

    # --- seeing ------------------------------------------------------------------------------------------------------

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def is_refused(self, *texts: str) -> None:
        """The page says why it was not done."""
        for text in texts:
            expect(self.page.get_by_role("alert")).to_contain_text(text)

    def is_not_refused(self) -> None:
        alert = self.page.get_by_role("alert")
        assert not alert.count(), f"{self.page.url}: {alert.first.inner_text()}"


class Person(Visitor):
    """Somebody with an account, signed in."""

    def __init__(self, browser: Browser, address: str, login: str) -> None:
        super().__init__(browser, address)
        self.login, self.name = login, User.objects.get(username=login).name
        self.page.goto("/login/")
        self.sign_in()

    def sign_in(self) -> None:
        self.fill({"账号": self.login, "密码": settings.DEMO_PASSWORD})
        self.press("登录")

    def open(self, path: str) -> None:
        super().open(path)
        self.sign_in_again()

    def sign_in_again(self) -> None:
        """Who was signed out meanwhile signs in and comes to the page they wanted."""
        if self.named("heading", "请先登录").count():
            with self.turning_page():
                self.page.get_by_role("main").get_by_role("link", name="登录", exact=True).click()
            self.sign_in()

    def goes_to(self, item: str, *links: str) -> None:
        """By the bar, then link after link."""
        bar = self.named("navigation", "主导航").get_by_role("link", name=item, exact=True)
        if not bar.count():
            self.open("/workspace/")
        with self.turning_page():
            bar.click()
        self.sign_in_again()
        self.follow(*links)

    # --- steps of the record at hand ---------------------------------------------------------------------------------

    def begin(self, step: str) -> None:
        """To the page of a step, from what the record offers under 可以办理."""
        with self.turning_page():
            self.deeds().get_by_role("link", name=step, exact=True).click()

    def take(self, step: str, values: dict | None = None, *, button: str = "") -> None:
        """The step's link, its form, its button. Fails where the step is refused."""
        self.begin(step)
        self.send(values or {}, button or step)

    def send(self, values: dict, button: str) -> None:
        """The form at hand filled and accepted."""
        self.fill(values)
        self.press(button)
        self.is_not_refused()

    def propose(self, step: str, values: dict | None = None) -> None:
        """The first of two pairs of eyes."""
        self.take(f"拟办：{step}", values, button=f"提交审批：{step}")

    def approve(self, step: str, values: dict | None = None) -> None:
        """The second."""
        self.take(f"审批：{step}", values, button=step)

    def deeds(self) -> Locator:
        return self.named("region", "可以办理")

    def cannot(self, step: str, *reasons: str) -> None:
        """The step stands there without a link, with the reasons."""
        blocked = self.deeds().get_by_role("listitem").filter(has_text=f"{step}　现在不能办理").first
        for reason in reasons:
            expect(blocked).to_contain_text(reason)
        expect(blocked.get_by_role("link")).to_have_count(0)

    def sign_undertaking(self) -> None:
        """The undertaking that stands before the page they wanted (Art. 33)."""
        self.send({"我已逐条阅读并承诺遵守以上内容": True, "签名": self.name}, "签署")


def fill_in(control: Locator, value) -> None:
    """One control the way its kind is filled."""
    kind = control.evaluate("control => control.type")
    if kind in ("checkbox", "radio"):
        control.check()
    elif kind.startswith("select"):
        control.select_option(label=value)
    elif kind == "file":
        name, mime, content = value
        control.set_input_files({"name": name, "mimeType": mime, "buffer": content})
    else:
        control.fill(value)


class People:
    """Everybody of the world by login; who is asked for signs in."""

    def __init__(self, browser: Browser, address: str, world: World) -> None:
        self.browser, self.address, self.world = browser, address, world
        self.here: dict[str, Person] = {}

    def __getitem__(self, login: str) -> Person:
        if login not in self.here:
            self.here[login] = Person(self.browser, self.address, login)
        return self.here[login]

    def visitor(self) -> Visitor:
        return Visitor(self.browser, self.address)
