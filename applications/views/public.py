"""Pages for everybody: notices, publicities (Art. 16, 19), the self-check (P2)."""

from django.http import Http404, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from applications import notice_text, self_check
from applications.models import Notice, PolicyVersion
from applications.public_blocks import period_text, public_cycle, public_notices
from applications.rules import PolicyParameters
from portal.calendars.workdays import local_day
from portal.documents.links import links_of
from portal.people.models import Organisation
from portal.web.components import Cell, Column, Row, Table
from portal.web.formats import day_text, instant_text
from portal.web.public import PublicPage
from portal.web.views import Page

Kind = Notice.Kind
NOTICES = (Kind.CALL, Kind.FINAL, Kind.OTHER)


class PublicList(PublicPage):
    """Published notices of some kinds, newest first."""

    template_name = "applications/public_notices.html"
    kinds: tuple[str, ...] = ()
    url_name = ""
    empty = ""
    SHOWN = 200

    def context(self) -> dict:
        items = [
            (each.title, reverse(self.url_name, kwargs=each.url_kwargs()), day_text(local_day(each.published_at)),
             period_text(each, self.at))
            for each in public_notices(*self.kinds)[: self.SHOWN]
        ]  # fmt: skip
        return {"items": items, "empty": self.empty}


class Notices(PublicList):
    title = "通知公告"
    kinds = NOTICES
    url_name = "public:notice.view"
    empty = "目前没有通知公告。"


class Publicities(PublicList):
    title = "公示公告"
    kinds = (Kind.PROPOSED,)
    url_name = "public:publicity.view"
    empty = "目前没有公示。"


class PublicNotice(PublicPage):
    """One notice, printable. A list names people by name, unit, field and recommending unit only."""

    template_name = "applications/public_notice.html"
    kinds: tuple[str, ...] = NOTICES

    def find(self) -> Notice:
        notice = public_notices(*self.kinds).filter(number=self.kwargs["no"]).first()
        if notice is None:
            raise Http404
        return notice

    def get(self, request, *args, **kwargs):
        self.notice = self.find()
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        notice = self.notice
        return {
            "title": notice.title,
            "notice": notice,
            "published": instant_text(notice.published_at),
            "blocks": notice_text.blocks(notice.body),
            "people": people_table(notice),
            "period": period_text(notice, self.at),
            "contact": notice.contact,
            "documents": links_of(notice, self.actor),
            "objection_url": objection_url(notice) if notice.ends_at and self.at < notice.ends_at else "",
        }


class Publicity(PublicNotice):
    kinds = (Kind.PROPOSED,)


def people_table(notice: Notice) -> Table | None:
    """The people who stand on the list now; one whose selection was called off no longer does."""
    rows = [
        Row(list(map(Cell, (str(place), each.name, each.unit, each.field, each.recommender))))
        for place, each in enumerate(notice.entries.filter(is_public=True), 1)
    ]
    columns = [Column("", name) for name in ("序号", "姓名", "依托单位", "领域", "推荐单位")]
    return Table(columns, rows, f"名单（{len(rows)} 人）") if rows else None


def objection_url(notice: Notice) -> str:
    """Where one objects; '' while nobody takes objections here."""
    try:
        return reverse("public:objection.file", kwargs=notice.url_kwargs())
    except NoReverseMatch:
        return ""


class Recommenders(PublicPage):
    """Whom to ask: the recommending units and their telephones (Art. 11)."""

    template_name = "applications/recommenders.html"
    title = "推荐单位"

    def context(self) -> dict:
        units = Organisation.objects.filter(kind=Organisation.Kind.RECOMMENDER).order_by("code")
        rows = [Row([Cell(unit.name), Cell(unit.phone or "—")]) for unit in units]
        return {"table": Table([Column("", "推荐单位"), Column("", "咨询电话")], rows, "推荐单位", compact=True)}


class CheckPage(Page):
    """A page of the self-check. Nothing is stored, neither here nor on the way: no cache, no log of answers."""

    public_because = "anybody may check whether they qualify; nothing is stored"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.answers = self_check.opened(request.GET.get("s", ""))

    def show(self, status: int = 200, **extra):
        response = super().show(status, **extra)
        response["Cache-Control"] = "no-store"
        return response


class CheckStart(CheckPage):
    template_name = "applications/check_start.html"
    title = "申报条件自查"

    def context(self) -> dict:
        return {"count": len(self_check.QUESTIONS), "first_url": reverse("public:check.question", args=[1])}


class CheckQuestion(CheckPage):
    """第 n 题: the answer comes as ?answer=…, is checked, and leads on to the next question."""

    template_name = "applications/check_question.html"

    def get(self, request, *args, **kwargs):
        number = self.kwargs["number"]
        if not 1 <= number <= len(self_check.QUESTIONS):
            raise Http404
        question = self_check.QUESTIONS[number - 1]
        form = self_check.AnswerForm(
            question, request.GET if "answered" in request.GET else None, initial=self.given(question)
        )
        if form.is_valid():
            return HttpResponseRedirect(
                self.next_url(number, {**self.answers, question.key: form.cleaned_data["answer"]})
            )
        return self.show(422 if form.is_bound else 200, form=form, question=question, **self.around(number))

    def given(self, question) -> dict:
        return {"answer": self.answers.get(question.key)}

    def next_url(self, number: int, answers: dict) -> str:
        last = number == len(self_check.QUESTIONS)
        url = reverse("public:check.result") if last else reverse("public:check.question", args=[number + 1])
        return f"{url}?s={self_check.sealed(answers)}"

    def around(self, number: int) -> dict:
        state = self_check.sealed(self.answers)
        before = (
            reverse("public:check.question", args=[number - 1]) + f"?s={state}"
            if number > 1
            else reverse("public:check")
        )
        return {
            "title": f"第 {number} 题，共 {len(self_check.QUESTIONS)} 题",
            "state": state,
            "back_url": before,
        }


class CheckResult(CheckPage):
    template_name = "applications/check_result.html"
    title = "自查结果"

    def get(self, request, *args, **kwargs):
        missing = self_check.first_unanswered(self.answers)
        if missing:
            url = reverse("public:check.question", args=[missing])
            return HttpResponseRedirect(f"{url}?s={self_check.sealed(self.answers)}")
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        findings = self_check.judge(self.answers, self.policy())
        against = [each for each in findings if each.blocks]
        doubtful = [each for each in findings if each.verdict == "check"]
        return {
            "findings": findings,
            "verdict": verdict(against, doubtful),
            "colour": "red" if against else "amber" if doubtful else "green",
            "note": self_check.PRIORITY_NOTE,
            "recommenders_url": reverse("public:recommenders"),
        }

    def policy(self) -> PolicyParameters:
        """Of the public year, else of the version in force and the calendar year."""
        if cycle := public_cycle():
            return cycle.policy_parameters()
        today = local_day(self.at)
        version = PolicyVersion.objects.filter(effective_date__lte=today).order_by("-effective_date").first()
        parameters = version.parameters if version else {}
        return PolicyParameters.for_year(today.year, today, **parameters)


def verdict(against: list, doubtful: list) -> str:
    if against:
        return f"有 {len(against)} 项可能不符合：" + "；".join(each.message.split("；")[0] for each in against)
    if doubtful:
        return f"基本符合，有 {len(doubtful)} 项须进一步核实。"
    return "按您填写的情况，基本符合申报条件。"
