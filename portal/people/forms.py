"""Sign-in, preferences and the choice of a role. Forms check input; they save nothing."""

from typing import Any

from allauth.account.forms import LoginForm
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_failure_limit
from django import forms
from django.core.exceptions import ValidationError

from portal.people.models import User
from portal.people.preferences import ROWS
from portal.web.forms import say_required


class SignInForm(LoginForm):
    """Account and password. A wrong one says how many tries are left, in the same words whether the account exists."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="账号", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "class": "w-20"})
        )
        self.fields["password"] = forms.CharField(
            label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
        )
        self.order_fields(["login", "password"])
        say_required(self)

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError as error:
            if error.code != "username_password_mismatch":
                raise
            raise ValidationError(self._mismatch(), code=error.code) from None

    def _mismatch(self) -> str:
        credentials = {"username": self.cleaned_data["login"]}
        left = get_failure_limit(self.request, credentials) - AxesProxyHandler.get_failures(self.request, credentials)
        return f"账号或密码不正确，还可以再试 {max(left, 0)} 次。"


class PreferencesForm(forms.ModelForm):
    """关怀版, shortcuts, rows per page."""

    use_required_attribute = False
    rows_per_page = forms.TypedChoiceField(
        label="列表每页行数", coerce=int, choices=[(rows, f"{rows} 行") for rows in ROWS], widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ("care_mode", "shortcuts", "rows_per_page")
        labels = {"care_mode": "使用关怀版（大字、大按钮）", "shortcuts": "启用快捷键"}
        help_texts = {"shortcuts": "评审工作台可用数字键打分、J/K 换份。输入文字时快捷键自动停用。"}


class RoleForm(forms.Form):
    """Which of one's own memberships to work in. memberships: those in force now."""

    membership = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args: Any, memberships: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [(one.pk, str(one)) for one in memberships]  # type: ignore[attr-defined]
