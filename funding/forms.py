"""Input of chapter 6: words and amounts into clean values; nothing is saved here."""

from django import forms

from funding.models import Indicator, Mentor
from portal.reference import reference
from portal.web.fields import DayField, MoneyField, ProseField
from portal.web.forms import StepForm, say_required


def choices(name: str) -> list[tuple[str, str]]:
    """A reference dictionary as the choices of a field, an empty one first."""
    return [("", "请选择"), *((item.code, f"{item.code} {item.name}") for item in reference(name))]


class SignatureForm(StepForm):
    """A signature re-authenticates: the password is checked here and travels no further than its outcome."""

    password = forms.CharField(label="登录口令", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def values(self) -> dict:
        from portal.people.models import User

        user = User.objects.get(pk=self.actor.user_id)
        return {"password_ok": user.check_password(self.cleaned_data["password"])}


class AccountForm(StepForm):
    account_name = forms.CharField(label="户名", max_length=100)
    bank = forms.CharField(label="开户银行", max_length=100)
    account_number = forms.RegexField(
        r"^\d{8,30}$", label="账号", error_messages={"invalid": "账号应为 8 到 30 位数字，请核对"}
    )


class PaymentForm(StepForm):
    receipt = forms.CharField(label="银行回单号", max_length=60)


class ReturnForm(StepForm):
    fen = MoneyField(label="退回金额", in_yuan=True, least=1)
    receipt = forms.CharField(label="银行回单号", max_length=60)


class ExpenseForm(StepForm):
    spent_date = DayField(label="支出日期")
    voucher = forms.CharField(label="凭证号", max_length=40)
    category = forms.ChoiceField(label="科目", choices=lambda: choices("expense_categories"))
    amount_fen = MoneyField(label="金额", in_yuan=True, least=1)
    payee = forms.CharField(label="收款方", max_length=100)
    payee_related = forms.BooleanField(label="收款方与本单位或入选者有关联", required=False)
    summary = forms.CharField(label="摘要", max_length=200)
    invoice = forms.CharField(label="发票号", max_length=40, required=False)


class ExplainForm(StepForm):
    explanation = ProseField(label="说明", limit=1000)


class FlagForm(StepForm):
    code = forms.ChoiceField(label="负面清单类别", choices=lambda: choices("negative_list"))


class RectificationForm(StepForm):
    text = ProseField(label="整改情况", limit=2000)


class IndicatorRow(forms.Form):
    code = forms.CharField(label="编号", max_length=10)
    name = forms.CharField(label="指标", max_length=100)
    kind = forms.ChoiceField(label="类型", choices=[("", "请选择"), *Indicator.Kind.choices])
    target = forms.DecimalField(label="目标值", max_digits=14, decimal_places=2, min_value=0)
    unit = forms.CharField(label="单位", max_length=20)
    evidence = forms.CharField(label="佐证（选填）", max_length=200, required=False)


class MilestoneRow(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    goal = forms.CharField(label="目标", max_length=300)
    deliverable = forms.CharField(label="交付物（选填）", max_length=200, required=False)
    due_date = DayField(label="完成日期")


class MentorRow(forms.Form):
    kind = forms.ChoiceField(label="类型", choices=[("", "请选择"), *Mentor.Kind.choices])
    name = forms.CharField(label="姓名", max_length=40)
    unit = forms.CharField(label="单位", max_length=100)
    title = forms.CharField(label="职称（选填）", max_length=40, required=False)
    plan = forms.CharField(label="指导安排（选填）", max_length=300, required=False)


class BudgetRow(forms.Form):
    category = forms.ChoiceField(label="科目", choices=lambda: choices("expense_categories"))
    fen = MoneyField(label="金额", least=1)
    basis = forms.CharField(label="测算依据（选填）", max_length=200, required=False)


ROWS = {
    "indicators": (IndicatorRow, "考核指标"),
    "milestones": (MilestoneRow, "年度里程碑"),
    "mentors": (MentorRow, "双导师"),
    "budget": (BudgetRow, "经费预算"),
}


class TaskBookForm(StepForm):
    """The chapters of the task book as texts, and its rows as tables with blank lines at their end.

    initial carries the rows under the keys of ROWS; an emptied line is a line taken out.
    """

    goals = ProseField(label="培养目标", limit=1500, required=False)
    tasks = ProseField(label="任务与关键技术攻关", limit=3000, required=False)
    team = ProseField(label="团队", limit=1000, required=False)
    mentoring = ProseField(label="双导师与合作机制", limit=1500, required=False)
    resources = ProseField(label="配套支持", limit=1500, required=False)
    ip = ProseField(label="知识产权与保密", limit=1000, required=False)
    deliverables = ProseField(label="交付物", limit=1000, required=False)
    promised_fen = MoneyField(label="单位配套资金", required=False)

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.tables = {}
        for key, (row, title) in ROWS.items():
            rows = self.initial.get(key, [])
            table = forms.formset_factory(row, extra=2 if rows else 3)(data, initial=rows or None, prefix=key)
            table.title = title
            for place, each in enumerate(table.forms, start=1):
                each.empty_permitted, each.use_required_attribute = True, False
                for field in each.fields.values():
                    field.label = f"{title}第 {place} 行的{field.label}"
                say_required(each)
            self.tables[key] = table

    def is_valid(self) -> bool:
        return super().is_valid() & all(table.is_valid() for table in self.tables.values())

    def values(self) -> dict:
        """{"content": texts, budget and promised_fen; "rows": {table: [clean row]}}"""
        values = super().values()
        values["promised_fen"] = values["promised_fen"] or 0
        rows = {
            key: [each.cleaned_data for each in table.forms if any_filled(each)] for key, table in self.tables.items()
        }
        values["budget"] = rows.pop("budget")
        return {"content": values, "rows": rows}


def any_filled(row: forms.Form) -> bool:
    """Whether a line holds anything; an empty one is no row."""
    return any(value not in (None, "") for value in row.cleaned_data.values())
