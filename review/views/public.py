"""异议 by anybody: the form during a publicity, the receipt, and the way to follow it (Art. 19)."""

from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.urls import reverse

from applications.models import Notice
from applications.public_blocks import public_notices
from portal.people.actor import PUBLIC
from portal.web.errors import too_many
from portal.web.formats import deadline_text, instant_text
from portal.web.views import FormPage, Page
from review import rules
from review.commands import objection as commands
from review.forms.objection import FollowForm, ObjectionForm
from review.models import Objection

POSTS_A_MINUTE = 10  # of one address
RECEIPT, RECEIPT_SECONDS = "objection", 1800  # a signed cookie of this browser alone; the portal keeps no copy


class Counter(Page):
    """A public page that keeps neither account nor address: whoever is signed in acts as 公众 here."""

    public_because = "anybody may object to a publicity, and follow the objection by its receipt"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.actor = PUBLIC

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and _too_often(request):
            return too_many(request)
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def show(self, status: int = 200, **extra):
        """The frame of the page is the visitor's own."""
        return super().show(status, **{"actor": self.request.actor, **extra})


class File(Counter, FormPage):
    """One objection to one person, by name, inside the period."""

    title = "提出异议"
    form_class = ObjectionForm
    template_name = "review/objection_form.html"
    submit_label = "提交异议"
    receipt: commands.Receipt | None = None

    def dispatch(self, request, *args, **kwargs):
        self.notice = public_notices(Notice.Kind.PROPOSED).filter(number=kwargs["no"]).first()
        if self.notice is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_options(self) -> dict:
        return {**super().form_options(), "notice": self.notice}

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        if self.receipt:
            keep(self.receipt, response)
        return response

    def act(self, form):
        self.receipt = commands.file(at=self.at, **form.values())

    def success_url(self, result) -> str:
        return reverse("public:objection.receipt")

    def repeated_url(self) -> str:
        return self.success_url(None)

    def context(self) -> dict:
        notice = self.notice
        finding = rules.inside_period(self.at, notice.starts_at, notice.ends_at)
        return {
            **super().context(),
            "notice": notice,
            "closed": finding if finding.blocks else None,
            "until": deadline_text(notice.ends_at) if notice.ends_at else "",
            "lost_file": self.request.FILES.get("evidence"),
        }

    def back_url(self) -> str:
        return reverse("public:publicity.view", kwargs=self.notice.url_kwargs())


def keep(receipt: commands.Receipt, response) -> None:
    """Hands number and code to this browser, readable by the receipt's page alone."""
    response.set_signed_cookie(
        RECEIPT,
        f"{receipt.number}:{receipt.code}",
        max_age=RECEIPT_SECONDS,
        path=reverse("public:objection.receipt"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


class Receipt(Counter):
    """Number and code, for as long as this browser keeps them: half an hour, and no copy anywhere."""

    title = "异议受理回执"
    template_name = "review/objection_receipt.html"

    def context(self) -> dict:
        kept = self.request.get_signed_cookie(RECEIPT, default="", max_age=RECEIPT_SECONDS)
        number, _, code = kept.partition(":")
        return {"number": number, "code": code, "follow_url": reverse("public:objection.follow")}


class Follow(Counter, FormPage):
    """The holder of a receipt learns how far it is. The code goes in the body, so that no log keeps it."""

    title = "查询异议办理情况"
    form_class = FollowForm
    template_name = "review/objection_follow.html"
    submit_label = "查询"

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        found = commands.follow(form.cleaned_data["number"], form.cleaned_data["code"])
        if found is None:
            form.add_error("code", "受理编号或查询码不正确，请核对回执")
            return self.show(form=form, status=422)
        return self.show(form=form, found=found, status_label=found.state_label(PUBLIC), facts=facts_of(found))

    def back_url(self) -> str:
        return reverse("public:publicity.list")


def facts_of(objection: Objection) -> list[tuple[str, str]]:
    """What the objector may know: the course and the answer, nobody's name but the one objected to."""
    answered = instant_text(objection.answered_at) if objection.answered_at else ""
    lines = [
        ("受理编号", objection.number),
        ("公示对象", f"{objection.entry.name}（{objection.entry.unit}）"),
        ("提出时间", instant_text(objection.filed_at)),
        ("受理时间", instant_text(objection.accepted_at) if objection.accepted_at else ""),
        ("核查期限", deadline_text(objection.due_at) if objection.due_at else ""),
        ("答复时间", answered),
        ("答复", objection.reply if answered else ""),
    ]
    return [(label, value) for label, value in lines if value]


def _too_often(request) -> bool:
    """Counts what one address sends within a minute; the count is gone after two."""
    key = f"objection:{request.META.get('REMOTE_ADDR', '')}:{int(request.at.timestamp()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > POSTS_A_MINUTE
    except ValueError:  # evicted between the two calls
        return False
