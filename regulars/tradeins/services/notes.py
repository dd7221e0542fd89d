"""Purchase notes: the bill that the store writes for what a customer sold to it, and that it was paid."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import PayoutKind
from regulars.invoices import services as invoices
from regulars.invoices.choices import InvoiceKind, InvoiceState, PaymentMethod
from regulars.invoices.choices import Source as MadeFrom
from regulars.invoices.queries import invoice_of_source
from regulars.invoices.services import AlreadyInvoiced, NewInvoice
from regulars.invoices.services.writing import lock_settings
from regulars.invoices.sums import NewLine
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.tradeins import queries
from regulars.tradeins.choices import Status
from regulars.tradeins.models import TradeIn
from regulars.tradeins.services.locking import lock_tradeins

# The prices are settled: the customer agreed to what is paid.
SETTLED = (Status.PAYOUT_PROCESSING, Status.COMPLETED)
_PAID_BY = {
    PayoutKind.BANK_TRANSFER: PaymentMethod.TRANSFER,
    PayoutKind.PAYPAL: PaymentMethod.PAYPAL,
    PayoutKind.CASH: PaymentMethod.CASH,
    PayoutKind.STORE_CREDIT: PaymentMethod.STORE_CREDIT,
}


def note_tradeins(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Write a purchase note for each of these trade-ins whose price is settled, and issue it when that is asked for.

    Customers are taken for private sellers: the notes show no tax.
    """
    if inputs.get("issue"):
        actor.require("invoices.issue")
    outcome = Outcome()
    with transaction.atomic():
        if inputs.get("issue"):
            lock_settings(store)
        found = lock_tradeins(store, ids)
        for one in sorted(set(ids)):
            tradein = found.get(one)
            try:
                if tradein is None:
                    raise Refused(_("does not exist in this store"))
                if why := why_not(tradein):
                    raise Refused(why)
                with transaction.atomic():
                    draft = invoices.make_invoice(
                        store=store, invoice=_note_of(tradein), actor=actor, now=now
                    )
                    if inputs.get("issue"):
                        invoices.issue_invoice(store=store, invoice_id=draft.pk, actor=actor, now=now)
            except AlreadyInvoiced as refusal:
                outcome.skipped[one] = _("has a purchase note already: %(number)s") % {
                    "number": refusal.number
                }
            except Refused as refusal:
                outcome.skipped[one] = refusal.sentence.rstrip(".")
            else:
                outcome.done.append(one)
    return outcome


def why_not(tradein: TradeIn) -> str:
    """Why there can be no purchase note of a trade-in yet; nothing when there can."""
    if tradein.status not in SETTLED or tradein.final_minor is None:
        return _("has no price that was agreed to yet")
    return _("was paid nothing for") if not tradein.final_minor else ""


def note_differs(*, store: Store, tradein: TradeIn) -> bool:
    """Whether the purchase note in force says another price than the trade-in, or the trade-in was not bought."""
    note = invoice_of_source(store=store, source=MadeFrom.TRADE_IN, source_id=tradein.pk)
    return note is not None and (bool(why_not(tradein)) or note.total_minor != tradein.final_minor)


def note_payouts(*, store: Store, ids: Iterable[UUID], actor: Actor) -> None:
    """What was paid out for trade-ins was paid for their purchase notes; noted once, whichever came first."""
    for tradein in TradeIn.objects.filter(store=store, pk__in=list(ids), status=Status.COMPLETED):
        note = invoice_of_source(store=store, source=MadeFrom.TRADE_IN, source_id=tradein.pk)
        # The draft is locked too: it may be just being issued, and its payment not be noted by either of us.
        note = invoices.locked(store=store, invoice_id=note.pk) if note is not None else None
        if note is None or note.state not in (InvoiceState.OPEN, InvoiceState.PARTLY_PAID):
            continue
        paid_at = tradein.paid_at or tradein.updated_at
        now = max(paid_at, note.updated_at)
        invoices.record_payment(
            store=store,
            invoice_id=note.pk,
            amount_minor=None,
            method=_PAID_BY.get(PayoutKind(tradein.payout_kind), PaymentMethod.OTHER),
            paid_on=store.day_of(paid_at),
            reference=tradein.reference,
            key=f"tradein:{tradein.pk}",
            actor=actor,
            now=now,
        )


def _note_of(tradein: TradeIn) -> NewInvoice:
    items = queries.items_of(store=tradein.store, tradein_id=tradein.pk)
    return NewInvoice(
        lines=[
            NewLine(
                title=f"{one.title} ({one.serial})" if one.serial else one.title,
                price_minor=one.final_minor or 0,
            )
            for one in items
        ],
        kind=InvoiceKind.PURCHASE_NOTE,
        customer_id=tradein.customer_id,
        source=MadeFrom.TRADE_IN,
        source_id=tradein.pk,
        source_number=f"#{tradein.number}",
        currency=tradein.currency,
        prices_include_tax=True,
        tracking_number=tradein.tracking_number,
        salesperson_id=tradein.author_id,
        salesperson_name=tradein.author_name,
    )
