"""What a formal selection opens: selectee, task book, grant and the planned tranches (Art. 20, 26)."""

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from applications.models import Application
from funding import drafts
from funding.models import Disbursement, Grant, Selectee
from portal.people.actor import Actor
from portal.web.formats import money_text
from portal.workflow.take import begin, operation

# The cycle's setting of each tranche's share in percent, and the conditions that it waits for.
TRANCHES = [("tranche_first", ["contract", "account"]), ("tranche_second", ["mid_term"]), ("tranche_third", ["final"])]


def open_selection(application: Application, *, actor: Actor, at) -> Selectee:
    """Side effects in order: the selectee, its task book drafted from the application, its grant, its tranches.

    Runs once: a selectee that stands already is returned as it is.
    """
    existing = Selectee.objects.filter(application=application, organisation_id=application.organisation_id).first()
    if existing:
        return existing
    with operation(actor=actor, at=at):
        selectee = begin("create", drafts.selectee_of(application), actor=actor, at=at)
        begin("create", drafts.task_book_of(selectee), actor=actor, at=at)
        grant = Grant(
            organisation_id=selectee.organisation_id,
            number=selectee.number.replace("RX", "JF"),
            selectee=selectee,
            amount_fen=application.cycle.grant_fen,
        )
        begin("create", grant, actor=actor, at=at, amount=money_text(grant.amount_fen))
        plan_tranches(grant, actor=actor, at=at)
    return selectee


def plan_tranches(grant: Grant, *, actor: Actor, at) -> list[Disbursement]:
    """The grant cut into its tranches; the last takes the rounding, so that they sum to the grant exactly."""
    settings = grant.selectee.cycle.settings
    amounts = [grant.amount_fen * settings[share] // 100 for share, _ in TRANCHES]
    amounts[-1] += grant.amount_fen - sum(amounts)
    return [
        begin(
            "create",
            Disbursement(
                organisation_id=grant.organisation_id,
                number=f"{grant.number}-{place}",
                grant=grant,
                tranche=place,
                amount_fen=amount,
                needs=needs,
            ),
            actor=actor,
            at=at,
        )
        for place, (amount, (_, needs)) in enumerate(zip(amounts, TRANCHES, strict=True), start=1)
    ]


def set_term(selectee: Selectee, at) -> None:
    """The term runs from the day the task book takes effect, for the cycle's months; both its days are inside."""
    selectee.starts_date = timezone.localdate(at)
    selectee.ends_date = selectee.starts_date + relativedelta(months=selectee.cycle.cultivation_months, days=-1)
