"""Store credit as money: paying with it, being paid back in it, and taking either back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.credit.choices import Source
from regulars.credit.models import Entry
from regulars.credit.services.change import Change, NotEnoughCredit, change_credit, change_many
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.stores.models import Store

OF_A_PAYMENT = "payment:"


def pay_with_credit(
    *,
    store: Store,
    customer_id: UUID | None,
    amount_minor: int,
    currency: str,
    reason: str,
    source: Source,
    payment: UUID,
    actor: Actor,
    now: datetime,
) -> None:
    """Take what is paid by store credit out of the customer's; below zero it is given back to them.

    `payment` is the payment it belongs to, which is booked once. Raises `NotEnoughCredit` and `Refused`.
    """
    if customer_id is None:
        raise Refused(_("Store credit belongs to a customer, and this says none."), field="method")
    if currency != store.currency:
        raise Refused(
            _("Store credit is kept in %(currency)s, and this is in %(currency2)s.")
            % {"currency": store.currency, "currency2": currency},
            field="method",
        )
    change_credit(
        store=store,
        customer_id=customer_id,
        amount_minor=-amount_minor,
        reason=reason,
        source=source,
        key=f"{OF_A_PAYMENT}{payment}",
        actor=actor,
        now=now,
    )


def turn_payment(*, store: Store, payment: UUID, actor: Actor, now: datetime) -> None:
    """A payment is taken back, or noted again: the last entry of it is reversed. One that was not by credit has none.

    Raises `NotEnoughCredit`.
    """
    last = Entry.objects.filter(store=store, key=f"{OF_A_PAYMENT}{payment}").first()
    if last is None:
        return
    while (later := Entry.objects.filter(store=store, reverses=last).first()) is not None:
        last = later
    back = Change(last.customer_id, -last.amount_minor, last.reason, reverses=last.pk)
    changed = change_many(
        store=store, changes=[back], source=Source.REVERSAL, actor=actor, now=now, change_set=None
    )
    if last.customer_id in changed.left:
        raise NotEnoughCredit(
            _("The customer %(left)s.") % {"left": changed.left[last.customer_id]}, field="amount"
        )
