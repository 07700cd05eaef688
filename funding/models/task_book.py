"""任务书 and what it promises (Art. 22-26)."""

import hashlib
import json

from django.db import models

from funding import rules
from funding.lifecycle.task_book import EDITABLE, SIGNERS, TaskBookLifecycle
from funding.models.selectee import Selectee
from portal.people.models import User
from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed
from portal.tenancy.models import TenantModel
from portal.workflow.glance import once_a_glance

SIGNER_LABELS = {"selectee": "入选者", "host": "依托单位", "cast": "市科协"}


class TaskBook(TenantModel, TaskBookLifecycle):
    """The contract of 市科协, host unit and selectee. `content` holds the chapters' texts; rows hang beside it.

    content keys: goals, tasks, team, mentoring, cooperation, resources, budget ([{category, fen, basis}]), ip,
    deliverables, promised_fen (the unit's matching money).
    """

    kept_by = "host"
    person_path = "selectee__person_id"
    below_path = "selectee__recommender_id"
    same_organisation = ("selectee",)

    number = models.CharField("编号", max_length=24, unique=True)
    selectee = models.ForeignKey(Selectee, models.PROTECT, related_name="task_books")
    content = models.JSONField("内容", default=dict)
    text_version = models.PositiveSmallIntegerField("文本版本", default=0)
    effective_at = models.DateTimeField("生效时间", null=True)
    continues = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "任务书"
        constraints = [
            models.UniqueConstraint(
                fields=["selectee"], condition=~models.Q(state="terminated"), name="task_book_one_live"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def whole_text(self) -> dict:
        """All that the three parties sign: content, indicators, milestones, mentors, in a fixed order."""
        return {
            "number": self.number,
            "content": self.content,
            **{key: [row.as_data() for row in rows] for key, rows in self.promises().items()},
        }

    @once_a_glance
    def promises(self) -> dict[str, list]:
        """The rows beside the chapters, in the order in which they are signed."""
        return {
            "indicators": list(self.indicators.order_by("code")),
            "milestones": list(self.milestones.order_by("due_date", "pk")),
            "mentors": list(self.mentors.order_by("kind", "pk")),
        }

    def freeze_text(self, at) -> dict:
        """Stores the text as the next version; signatures name its digest. Returns facts for the event."""
        self.text_version += 1
        text = TaskBookText.objects.create(
            organisation_id=self.organisation_id,
            task_book=self,
            version=self.text_version,
            text=self.whole_text(),
            digest=digest_of(self.whole_text()),
            frozen_at=at,
        )
        return {"text_version": self.text_version, "digest": text.digest}

    def text_fixed(self, **asked):
        """The text is written before it is confirmed, after a return, and while it is amended."""
        if self.state not in EDITABLE:
            yield failed(f"任务书现在是“{self.state_label()}”，文本不能修改", article=Article(26))

    def text_complete(self, **asked) -> list[Finding]:
        """What the text still lacks (Art. 22, 23, 26)."""
        plain = self.whole_text()
        return rules.task_book_complete(
            plain["content"], plain["indicators"], plain["milestones"], plain["mentors"], self.granted_fen()
        )

    @once_a_glance
    def granted_fen(self) -> int:
        """市科协's money for this selectee, in fen: the budget of the task book adds up to it and the unit's own.

        After a transfer that is what is still to be paid and what has come over from the former unit (Art. 29).
        """
        grant = self.selectee.grant
        return grant.amount_fen + max(0, -grant.sums()["moved"])

    def current_text(self) -> "TaskBookText | None":
        return self.texts.filter(version=self.text_version).first()

    def add_signature(self, party: str, actor, at) -> dict:
        """One party signs the frozen text. Returns facts for the event."""
        text = self.current_text()
        Signature.objects.create(
            organisation_id=self.organisation_id,
            task_book=self,
            text=text,
            party=party,
            user_id=actor.user_id,
            name=actor.name,
            digest=text.digest,
            signed_at=at,
        )
        return {"party": SIGNER_LABELS[party], "digest": text.digest}

    def void_signatures(self) -> None:
        """A changed text is another text: signatures of the old version stay on it and count no more."""
        self.texts.filter(version=self.text_version).update(void=True)

    def signed_parties(self) -> list[str]:
        """Parties that signed the current, not voided text, in their order."""
        signed = set(
            self.signatures.filter(text__version=self.text_version, text__void=False).values_list("party", flat=True)
        )
        return [party for party in SIGNERS if party in signed]

    def signing_findings(self, party: str) -> list[Finding]:
        """Selectee, host unit, 市科协, in that order, each once, over a text whose digest still holds."""
        signed = self.signed_parties()
        text = self.current_text()
        found = []
        if text is None or text.void or text.digest != digest_of(self.whole_text()):
            found.append(failed("文本已改动，请重新提交审核", article=Article(26)))
        if party in signed:
            found.append(failed(f"{SIGNER_LABELS[party]}已经签署", article=Article(26)))
        before = SIGNERS[: SIGNERS.index(party)]
        if missing := [SIGNER_LABELS[other] for other in before if other not in signed]:
            found.append(failed(f"请等待{'、'.join(missing)}先签署", article=Article(26)))
        return found


def digest_of(text: dict) -> str:
    """SHA-256 of the canonical JSON of a text."""
    return hashlib.sha256(
        json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()
    ).hexdigest()


class TaskBookText(TenantModel):
    """One frozen version of the text, for signing and for comparison."""

    kept_by = "host"
    same_organisation = ("task_book",)

    task_book = models.ForeignKey(TaskBook, models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField("版本")
    text = models.JSONField()
    digest = models.CharField("摘要", max_length=64)
    frozen_at = models.DateTimeField("固定时间")
    void = models.BooleanField("已作废", default=False)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "任务书文本"
        constraints = [models.UniqueConstraint(fields=["task_book", "version"], name="task_book_text_once")]

    def __str__(self) -> str:
        return f"{self.task_book_id} 第 {self.version} 版"


class Signature(TenantModel):
    """One party's signature of one frozen text."""

    kept_by = "host"
    append_only = True
    same_organisation = ("task_book", "text")

    task_book = models.ForeignKey(TaskBook, models.PROTECT, related_name="signatures")
    text = models.ForeignKey(TaskBookText, models.PROTECT, related_name="signatures")
    party = models.CharField("签署方", max_length=10, choices=list(SIGNER_LABELS.items()))
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField("签署人", max_length=40)
    digest = models.CharField("文本摘要", max_length=64)
    signed_at = models.DateTimeField("签署时间")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "签署"
        constraints = [models.UniqueConstraint(fields=["text", "party"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.name}"


class Indicator(TenantModel):
    """考核指标: what is promised, so that the assessment can meet it with evidence."""

    class Kind(models.TextChoices):
        QUANTITY = "quantity", "产出数量"
        QUALITY = "quality", "产出质量"
        TIMELINESS = "timeliness", "产出时效"
        COST = "cost", "产出成本"
        GROWTH = "growth", "个人成长"
        TEAM = "team", "团队业绩"
        SATISFACTION = "satisfaction", "满意度"

    kept_by = "host"
    same_organisation = ("task_book",)

    task_book = models.ForeignKey(TaskBook, models.CASCADE, related_name="indicators")
    code = models.CharField("编号", max_length=10)
    name = models.CharField("指标", max_length=100)
    kind = models.CharField("类型", max_length=12, choices=Kind)
    target = models.DecimalField("目标值", max_digits=14, decimal_places=2)
    unit = models.CharField("单位", max_length=20)
    evidence = models.CharField("佐证", max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "考核指标"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["task_book", "code"], name="indicator_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def as_data(self) -> dict:
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "target": f"{self.target:.2f}",
            "unit": self.unit,
            "evidence": self.evidence,
        }


class Milestone(TenantModel):
    """年度里程碑 (Art. 22)."""

    kept_by = "host"
    same_organisation = ("task_book",)

    task_book = models.ForeignKey(TaskBook, models.CASCADE, related_name="milestones")
    year = models.PositiveSmallIntegerField("年度")
    goal = models.CharField("目标", max_length=300)
    deliverable = models.CharField("交付物", max_length=200, blank=True)
    due_date = models.DateField("完成日期")

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "里程碑"
        ordering = ["due_date", "pk"]

    def __str__(self) -> str:
        return self.goal

    def as_data(self) -> dict:
        return {
            "year": self.year,
            "goal": self.goal,
            "deliverable": self.deliverable,
            "due_date": self.due_date.isoformat(),
        }


class Mentor(TenantModel):
    """双导师: one of the enterprise, one of a university, institute or society (Art. 23)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业导师"
        ACADEMIC = "academic", "高校院所导师"

    kept_by = "host"
    same_organisation = ("task_book",)

    task_book = models.ForeignKey(TaskBook, models.CASCADE, related_name="mentors")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("单位", max_length=100)
    title = models.CharField("职称", max_length=40, blank=True)
    plan = models.CharField("指导安排", max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = verbose_name_plural = "导师"

    def __str__(self) -> str:
        return self.name

    def as_data(self) -> dict:
        return {"kind": self.kind, "name": self.name, "unit": self.unit, "title": self.title, "plan": self.plan}
