"""URLs of chapter 6 by workspace."""

from django.urls import path

from funding import commands, forms, views
from funding.models import Disbursement, Expense, Grant, TaskBook
from portal.web.routes import four_eyes, listing, record, step, steps

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
    path("task-books/<str:no>/edit/", views.TaskBookEdit.as_view(), name="task_book.edit"),
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
    path("grants/<str:no>/account/", views.RegisterAccount.as_view(), name="grant.register_account"),
    path("grants/<str:no>/expenses/new/", views.RecordExpense.as_view(), name="expense.record"),
    step("disbursements", Disbursement, "confirm", commands.grant.confirm_receipt),
    path("expenses/<str:no>/explain/", views.Explain.as_view(), name="expense.explain"),
    path("expenses/<str:no>/rectification/", views.ReportRectification.as_view(), name="expense.report_rectification"),
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
    path("grants/<str:no>/returns/new/", views.RecordReturn.as_view(), name="grant.record_return"),
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
