"""Whose an order is: a customer that is known, else a guest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.customers.former import survivors_by
from regulars.customers.models import Customer
from regulars.customers.services import EmailTaken, ExternalIdTaken, create_customer
from regulars.kit.actor import Actor
from regulars.kit.email import email_key
from regulars.kit.errors import InvalidRecord
from regulars.orders.facts import ADDRESS, OrderFacts
from regulars.stores.models import Store
from regulars.stores.services import lock_numbers


def buyer_of(*, store: Store, order: OrderFacts, actor: Actor, now: datetime) -> UUID:
    """Whose an order is; a guest is made if there is nobody yet. Raises `InvalidRecord` when nothing says who."""
    if order.customer_id is not None:
        return order.customer_id
    found = known_buyer(store=store, order=order)
    if found is None:
        # Of two who would make a guest of the same phone, the second waits here and finds the first one's.
        lock_numbers(store_id=store.pk)
        found = known_buyer(store=store, order=order)
    if found is not None:
        return found
    try:
        return create_customer(store=store, values=_guest(order), actor=actor, now=now).pk
    except InvalidRecord as error:
        sentence = _("Choose a customer, or give a name, an e-mail or a phone number.")
        raise InvalidRecord({"customer": sentence}) from error
    except (EmailTaken, ExternalIdTaken):
        # Somebody made the same guest a moment ago.
        found = known_buyer(store=store, order=order)
        if found is None:
            raise
        return found


def known_buyer(*, store: Store, order: OrderFacts) -> UUID | None:
    """The customer that an order names by external id, e-mail or phone, if there is one."""
    key = email_key(order.email)
    for column, value in (("external_id", order.customer_external_id), ("email_key", key)):
        found = _with(store, column, value) if value else None
        if found is not None:
            return found
    if not order.phone:
        return None
    same_phone = Customer.objects.filter(store=store, phone=order.phone)
    if key:  # a phone that people with e-mails of their own share says nothing
        same_phone = same_phone.filter(email="")
    found_all = list(same_phone.values_list("pk", flat=True)[:2])
    return found_all[0] if len(found_all) == 1 else None


def _with(store: Store, column: str, value: str) -> UUID | None:
    rows = Customer.objects.filter(store=store, **{column: value})
    found = rows.values_list("pk", flat=True).first()
    return found or survivors_by(store=store, column=column, keys=[value]).get(value)


def _guest(order: OrderFacts) -> dict[str, Any]:
    first, _space, last = order.name.strip().partition(" ")
    return {
        "first_name": first,
        "last_name": last.strip(),
        "company": order.company,
        "email": order.email,
        "phone": order.phone,
        "phone_typed": order.phone,
        "external_id": order.customer_external_id,
        "source": order.source or "order",
        **{name: getattr(order, name) for name in ADDRESS},
    }
