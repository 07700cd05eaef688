"""What must always hold in chapter 6, recounted from the tables."""

from django.db.models import Sum

from funding.models import Disbursement, Expense, Grant, Line, Posting, Selectee, TaskBook
from funding.models.task_book import SIGNER_LABELS, digest_of
from portal.invariants import invariant


@invariant("ledger.balanced")
def postings_balance():
    """The lines of every posting sum to zero, and every posting has lines."""
    sums = dict(Line.objects.order_by().values_list("posting").annotate(Sum("fen")))
    for posting in Posting.objects.all():
        if sums.get(posting.pk, -1) != 0:
            yield f"posting {posting.key}: lines sum to {sums.get(posting.pk, 'nothing')}"


@invariant("ledger.covered")
def accounts_never_overdrawn():
    """No dedicated account holds less than nothing, and no more was paid than was granted."""
    for grant in Grant.objects.all():
        sums = grant.sums()
        if sums["balance"] < 0:
            yield f"grant {grant.number}: the account holds {sums['balance']} fen"
        if sums["paid"] > grant.amount_fen:
            yield f"grant {grant.number}: {sums['paid']} fen paid of {grant.amount_fen}"
        if sums["paid"] - grant.balances()["own"] != sum(sums[of] for of in ("spent", "balance", "moved", "returned")):
            yield f"grant {grant.number}: {sums} does not add up"


@invariant("ledger.causes")
def money_follows_its_cause():
    """A paid tranche and a standing expense have one posting of their amount; a planned tranche has none."""
    posted = dict(Line.objects.filter(fen__gt=0).order_by().values_list("posting__key").annotate(Sum("fen")))
    for row in Disbursement.objects.all():
        wanted = row.amount_fen if row.state in ("paid", "confirmed") else None
        if posted.get(f"disbursement:{row.number}") != wanted:
            yield f"disbursement {row.number}: {row.state}, posted {posted.get(f'disbursement:{row.number}')}"
    for row in Expense.objects.all():
        if posted.get(f"expense:{row.number}") != row.amount_fen:
            yield f"expense {row.number}: posted {posted.get(f'expense:{row.number}')} of {row.amount_fen}"


@invariant("task_book.signatures")
def signatures_stand_on_their_text():
    """A task book in force is signed by all three over the text it has; every signature names its text's digest."""
    for book in TaskBook.objects.filter(state__in=["effective", "completed"]):
        text = book.current_text()
        if text is None or text.digest != digest_of(book.whole_text()):
            yield f"task book {book.number}: its text is not the one that was signed"
        elif len(book.signed_parties()) < len(SIGNER_LABELS):
            yield f"task book {book.number}: signed by {book.signed_parties()} only"
        for signature in book.signatures.select_related("text"):
            if signature.digest != signature.text.digest:
                yield f"task book {book.number}: a signature of {signature.party} over another text"


@invariant("selectee.complete")
def selectees_have_their_papers():
    """Every selectee has a grant and a task book; an active one has a task book that was signed."""
    for selectee in Selectee.objects.all():
        if not Grant.objects.filter(selectee=selectee).exists() or not selectee.task_books.exists():
            yield f"selectee {selectee.number}: no grant or no task book"
