"""URLs of chapter 6 by workspace."""

from funding import commands, forms, views
from funding.models import Disbursement, Expense, Grant, TaskBook
from portal.web.routes import deed, four_eyes, listing, record, step, steps

RECORDS = [
    listing("selectees", views.SelecteeList),
    record("selectees", views.SelecteePage),
    listing("task-books", views.TaskBookList),
    record("task-books", views.TaskBookPage),
    listing("grants", views.GrantList),
    record("grants", views.GrantPage),
]
MONEY = [
    listing("disbursements", views.DisbursementList),
    record("disbursements", views.DisbursementPage),
    listing("expenses", views.ExpenseList),
    record("expenses", views.ExpensePage),
]

apply = [
    *RECORDS,
    *MONEY,
    deed(
        "task-books/<str:no>/edit/",
        TaskBook,
        "task_book.edit",
        commands.task_book.edit,
        forms.TaskBookForm,
        views.TaskBookEdit,
        submit_label="保存",
    ),
    *steps(
        "task-books",
        TaskBook,
        {
            "confirm": commands.task_book.confirm,
            "amend": commands.task_book.amend,
            "submit_amendment": commands.task_book.submit_amendment,
        },
    ),
    step("task-books", TaskBook, "sign_as_selectee", commands.task_book.sign_as_selectee, forms.SignatureForm),
    step("task-books", TaskBook, "sign_for_host", commands.task_book.sign_for_host, forms.SignatureForm),
    deed(
        "grants/<str:no>/account/",
        Grant,
        "grant.register_account",
        commands.grant.register_account,
        forms.AccountForm,
    ),
    deed(
        "grants/<str:no>/expenses/new/",
        Grant,
        "expense.record",
        commands.expense.record,
        forms.ExpenseForm,
        to_result=True,
    ),
    step("disbursements", Disbursement, "confirm", commands.grant.confirm_receipt),
    deed("expenses/<str:no>/explain/", Expense, "expense.explain", commands.expense.explain, forms.ExplainForm),
    deed(
        "expenses/<str:no>/rectification/",
        Expense,
        "expense.report_rectification",
        commands.expense.report_rectification,
        forms.RectificationForm,
    ),
    step("expenses", Expense, "reverse", commands.expense.reverse),
]

recommend = RECORDS

manage = [
    *RECORDS,
    *MONEY,
    *steps(
        "task-books",
        TaskBook,
        {
            "begin_review": commands.task_book.begin_review,
            "return_for_change": commands.task_book.return_for_change,
            "open_signing": commands.task_book.open_signing,
            "amend": commands.task_book.amend,
        },
    ),
    step("task-books", TaskBook, "sign_for_cast", commands.task_book.sign_for_cast, forms.SignatureForm),
    *steps(
        "grants",
        Grant,
        {
            "verify_account": commands.grant.verify_account,
            "suspend": commands.grant.suspend,
            "resume": commands.grant.resume,
            "close": commands.grant.close,
            "finish_recovery": commands.grant.finish_recovery,
        },
    ),
    deed("grants/<str:no>/returns/new/", Grant, "grant.record_return", commands.grant.record_return, forms.ReturnForm),
    *four_eyes("disbursements", Disbursement, "approve", commands.grant.prepare_payment, approve=views.ApprovePayment),
    step("disbursements", Disbursement, "withdraw_approval", commands.grant.withdraw_approval),
    step("disbursements", Disbursement, "pay", commands.grant.pay, forms.PaymentForm),
    step("disbursements", Disbursement, "cancel", commands.grant.cancel),
    step("expenses", Expense, "accept", commands.expense.accept),
    step("expenses", Expense, "flag", commands.expense.flag, forms.FlagForm),
    step("expenses", Expense, "warn", commands.expense.warn),
    step("expenses", Expense, "rectify", commands.expense.rectify),
    step("expenses", Expense, "fail_rectification", commands.expense.fail_rectification),
]
