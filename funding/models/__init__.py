"""Tables of regulation chapter 6 and articles 26, 27, 29."""

from funding.models.expense import Expense, ExpenseEntryHit, Rectification
from funding.models.grant import BankAccount, Condition, Disbursement, Grant
from funding.models.ledger import Line, Posting
from funding.models.selectee import Selectee
from funding.models.task_book import Indicator, Mentor, Milestone, Signature, TaskBook, TaskBookText

__all__ = [
    "BankAccount",
    "Condition",
    "Disbursement",
    "Expense",
    "ExpenseEntryHit",
    "Grant",
    "Indicator",
    "Line",
    "Mentor",
    "Milestone",
    "Posting",
    "Rectification",
    "Selectee",
    "Signature",
    "TaskBook",
    "TaskBookText",
]
