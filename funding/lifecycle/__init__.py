"""The machines of regulation chapter 6 and of articles 26, 27: selectee, task book, grant, disbursement, expense."""

from funding.lifecycle.disbursement import DisbursementLifecycle
from funding.lifecycle.expense import ExpenseLifecycle
from funding.lifecycle.grant import GrantLifecycle
from funding.lifecycle.selectee import SelecteeLifecycle
from funding.lifecycle.task_book import TaskBookLifecycle

__all__ = ["DisbursementLifecycle", "ExpenseLifecycle", "GrantLifecycle", "SelecteeLifecycle", "TaskBookLifecycle"]
