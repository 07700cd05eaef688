"""Users, organisations and the dated memberships that tie them together."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, UserManager
from django.db import models
from django.db.models import F, Q
from pypinyin import lazy_pinyin

from portal.people.roles import NAMED_ROLES, Role


class User(AbstractBaseUser):
    """A person who signs in. What they may do comes from memberships alone, never from the account."""

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("邮箱", blank=True)
    mobile = models.CharField("手机", max_length=20, blank=True)
    is_active = models.BooleanField("在用", default=True)
    date_joined = models.DateTimeField("建立时间", auto_now_add=True)
    password_changed_at = models.DateTimeField("口令更换时间", null=True, blank=True)
    care_mode = models.BooleanField("关怀版", default=False)
    shortcuts = models.BooleanField("快捷键", default=True)
    rows_per_page = models.PositiveSmallIntegerField("每页行数", default=50)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    # What libraries ask of a user: nobody has rights by account here (the matrix is the only source).
    is_superuser = is_staff = False


class Organisation(models.Model):
    """市科协, a recommending unit or a host unit. Names are public; nothing private stands here."""

    class Kind(models.TextChoices):
        CAST = "cast", "市科协"
        RECOMMENDER = "recommender", "推荐单位"
        HOST = "host", "依托单位"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    unit_type = models.CharField("单位类型", max_length=30, blank=True)
    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("全称", max_length=100)
    short_name = models.CharField("简称", max_length=40, blank=True)
    pinyin = models.CharField("拼音", max_length=200, editable=False, db_index=True)
    region = models.CharField("区划代码", max_length=6, blank=True)
    phone = models.CharField("咨询电话", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        constraints = [models.UniqueConstraint(fields=["kind"], condition=Q(kind="cast"), name="organisation_one_cast")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.pinyin = "".join(lazy_pinyin(self.name))[:200]
        super().save(*args, **kwargs)


class Membership(models.Model):
    """A person holds a role at an organisation from one date until another (the last day is outside)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships", null=True, blank=True)
    role = models.CharField("角色", max_length=24, choices=[(r.value, r.label) for r in Role if r in NAMED_ROLES])
    from_date = models.DateField("起")
    to_date = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="membership_dates"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.EXPERT) | Q(organisation__isnull=False), name="membership_organisation"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "from_date"], name="membership_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}·{self.get_role_display()}"

    @classmethod
    def on(cls, day: date) -> models.QuerySet["Membership"]:
        """Memberships in force on a day, with user and organisation loaded."""
        return cls.objects.filter(
            Q(to_date__isnull=True) | Q(to_date__gt=day), from_date__lte=day, user__is_active=True
        ).select_related("user", "organisation")


class Affiliation(models.Model):
    """A host unit stands under a recommending unit from one date until another (Art. 11)."""

    host = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations")
    recommender = models.ForeignKey(Organisation, models.PROTECT, related_name="hosts")
    from_date = models.DateField("起")
    to_date = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "归属"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="affiliation_dates"
            ),
            models.UniqueConstraint(fields=["host", "recommender", "from_date"], name="affiliation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.host} → {self.recommender}"


class PasswordRecord(models.Model):
    """The hash of a password that a user has had, so that the last few are not used again."""

    global_because = "hashes of one person's passwords, read by the password rules alone"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    password = models.CharField("口令散列", max_length=128)

    class Meta:
        verbose_name = verbose_name_plural = "用过的口令"

    def __str__(self) -> str:
        return f"口令记录 {self.pk}"
