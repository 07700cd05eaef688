"""Password rules: at least three of four kinds of character, none of the last five; lengths are Django's validator."""

import string

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from portal import clock
from portal.people.models import PasswordRecord, User

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


class MixedCharacters:
    """Refuses fewer than `kinds` of: small letters, capitals, digits, other signs."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: User | None = None) -> None:
        used = sum(any(char in kind for char in password) for kind in KINDS)
        used += any(char not in "".join(KINDS) for char in password)
        if used < self.kinds:
            raise ValidationError(f"{self.get_help_text()}，现在只有 {used} 种", code="password_too_plain")

    def get_help_text(self) -> str:
        return f"密码须包含大写字母、小写字母、数字、符号中的至少 {self.kinds} 种"


class NotUsedBefore:
    """Refuses the last `times` passwords of the user, and remembers a new one when it is set.

    password_changed (called by Django after a password was set and saved) has side effects in this order: a record of
    the new hash, older records beyond `times` deleted, the user's password_changed_at.
    """

    def __init__(self, times: int = 5) -> None:
        self.times = times

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        hashes = PasswordRecord.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)
        used = {user.password, *hashes[: self.times]}
        if any(check_password(password, one) for one in used if one):
            raise ValidationError(f"不能使用最近 {self.times} 次用过的密码", code="password_used_before")

    def password_changed(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        PasswordRecord.objects.create(user=user, password=user.password)
        records = PasswordRecord.objects.filter(user=user)
        kept = list(records.order_by("-pk").values_list("pk", flat=True)[: self.times])
        records.exclude(pk__in=kept).delete()
        user.password_changed_at = clock.now()
        # not save(): Django calls this from within save(), with the new password still in hand
        User.objects.filter(pk=user.pk).update(password_changed_at=user.password_changed_at)

    def get_help_text(self) -> str:
        return f"不能与最近 {self.times} 次用过的密码相同"
