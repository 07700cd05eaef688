"""Verbs of grants and their disbursements (Art. 20, 21, 31)."""

from funding.commands.task_book import meet
from funding.models import BankAccount, Disbursement, Grant, Posting
from funding.models.ledger import Account, post
from portal.events import catalogue
from portal.people.actor import Actor
from portal.regulation.articles import Article
from portal.regulation.rules import Refused, failed, refuse
from portal.web.formats import money_text
from portal.workflow.take import held, note, operation, prepare, take

ACCOUNT_REGISTERED = catalogue.kind(
    "grant.register_account", "{actor}登记了{ref}的专门账户（尾号 {last_four}）", [Article(21)]
)
MONEY_RETURNED = catalogue.kind("grant.record_return", "{actor}登记{ref}退回 {amount}", [Article(31, 2)])


def register_account(
    grant: Grant, *, actor: Actor, at, account_name: str, bank: str, account_number: str, proof=None, version=None
) -> Grant:
    """Registers the unit's dedicated account; until another person verifies it no money goes there.

    Raises Denied, StaleVersion, or Refused once the grant is in settlement.
    """
    with operation(actor=actor, at=at, lock=[grant]):
        grant = held(grant, "grant.register_account", actor=actor, version=version)
        refuse("登记专门账户", grant.takes_an_account())
        BankAccount.objects.create(
            organisation_id=grant.organisation_id,
            grant=grant,
            account_name=account_name,
            bank=bank,
            account_number=account_number,
            last_four=account_number[-4:],
            proof=proof,
            registered_by_id=actor.user_id,
            registered_at=at,
        )
        note("grant.register_account", grant, actor=actor, at=at, facts={"last_four": account_number[-4:]})
    return grant


def verify_account(grant: Grant, *, actor: Actor, at, version=None) -> Grant:
    """A second person checks the account against the bank's proof; the condition of the first tranche is met."""
    with operation(actor=actor, at=at, lock=[grant]):
        grant = take("verify_account", grant, actor=actor, at=at, version=version)
        meet(grant, "account", evidence=f"尾号 {grant.live_account().last_four}", at=at)
    return grant


def suspend(grant: Grant, *, actor: Actor, at, reason: str, version=None) -> Grant:
    return take("suspend", grant, actor=actor, at=at, version=version, reason=reason)


def resume(grant: Grant, *, actor: Actor, at, reason: str, version=None) -> Grant:
    return take("resume", grant, actor=actor, at=at, version=version, reason=reason)


def settle(grant: Grant, *, actor: Actor, at) -> Grant:
    """Into settlement: tranches that were not paid are cancelled."""
    with operation(actor=actor, at=at, lock=[grant, *grant.disbursements.all()]):
        for disbursement in grant.disbursements.filter(state__in=["planned", "approved"]):
            take("cancel", disbursement, actor=actor, at=at, reason="经费进入结算")
        return take("settle", grant, actor=actor, at=at)


def settle_if_paid(grant: Grant, *, actor: Actor, at) -> Grant:
    """Into settlement once the term is completed and no tranche is left to pay or to confirm; else nothing."""
    open_ones = grant.disbursements.exclude(state__in=["confirmed", "cancelled"])
    if grant.state != "active" or grant.selectee.state != "completed" or open_ones.exists():
        return grant
    return settle(grant, actor=actor, at=at)


def close(grant: Grant, *, actor: Actor, at, version=None) -> Grant:
    return take("close", grant, actor=actor, at=at, version=version)


def record_return(grant: Grant, *, actor: Actor, at, fen: int, receipt: str, version=None) -> Grant:
    """Money comes back from the unit to 市科协. Raises Denied, StaleVersion, or Refused above what is owed.

    What a recovery asks for beyond the dedicated account's balance comes out of the unit's own money.
    """
    with operation(actor=actor, at=at, lock=[grant]):
        grant = held(grant, "grant.record_return", actor=actor, version=version)
        refuse("登记退回款", grant.takes_money_back())
        owed = grant.may_come_back()
        if not 0 < fen <= owed:
            raise Refused("登记退回款", [failed(f"可登记的退回款最多 {money_text(owed)}", article=Article(31, 2))])
        from_bank = min(fen, grant.balances()["bank"])
        sides = [(Account.RETURNED, fen, ""), (Account.BANK, -from_bank, ""), (Account.OWN, from_bank - fen, "")]
        lines = [side for side in sides if side[1]]
        post(grant, Posting.Kind.RETURNED, key=f"return:{grant.number}:{receipt}", cause=receipt, lines=lines, at=at)
        note("grant.record_return", grant, actor=actor, at=at, facts={"amount": money_text(fen)})
    return grant


def recover(grant: Grant, *, actor: Actor, at, amount: str) -> Grant:
    """Recovery of what was paid: tranches that were not paid are cancelled."""
    with operation(actor=actor, at=at, lock=[grant, *grant.disbursements.all()]):
        for disbursement in grant.disbursements.filter(state__in=["planned", "approved"]):
            take("cancel", disbursement, actor=actor, at=at, reason="追回经费，停止拨付")
        return take("recover", grant, actor=actor, at=at, amount=amount)


def finish_recovery(grant: Grant, *, actor: Actor, at, version=None) -> Grant:
    return take("finish_recovery", grant, actor=actor, at=at, version=version)


def prepare_payment(disbursement: Disbursement, *, actor: Actor, at, version=None):
    """The finance officer proposes this amount to this account (four eyes)."""
    return prepare("approve", disbursement, actor=actor, at=at, version=version, **disbursement.proposal())


def withdraw_approval(disbursement: Disbursement, *, actor: Actor, at, reason: str, version=None) -> Disbursement:
    """Back to the plan, to be proposed anew: the way out when account or amount have changed."""
    return take("withdraw_approval", disbursement, actor=actor, at=at, version=version, reason=reason)


def pay(disbursement: Disbursement, *, actor: Actor, at, receipt: str, version=None) -> Disbursement:
    """Registers the bank's receipt and posts the money, both or neither."""
    with operation(actor=actor, at=at, lock=[disbursement.grant, disbursement]):
        return take("pay", disbursement, actor=actor, at=at, version=version, receipt=receipt)


def confirm_receipt(disbursement: Disbursement, *, actor: Actor, at, version=None) -> Disbursement:
    return take("confirm", disbursement, actor=actor, at=at, version=version)


def cancel(disbursement: Disbursement, *, actor: Actor, at, reason: str, version=None) -> Disbursement:
    return take("cancel", disbursement, actor=actor, at=at, version=version, reason=reason)
