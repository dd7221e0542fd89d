"""Ending an agreement from a message itself: a signed link for one customer and one agreement, good without end.

Who holds the link holds the message. It works once and again, needs no sign-in, and says nothing of the customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.customers.services import (
    subscribe_customers,
    subscribe_to_sms,
    subscribe_to_summary,
    unsubscribe_customers,
    unsubscribe_from_sms,
    unsubscribe_from_summary,
)
from regulars.customers.services.verbs import Verb
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.messaging.choices import Agreement, Channel, Purpose
from regulars.messaging.rules import agreement_for
from regulars.resources.resource import get_resource
from regulars.stores.models import Store

THEMSELF = Actor(kind="customer", name="The customer", surface="unsubscribe")
LEAVE = {
    Agreement.MARKETING: unsubscribe_customers,
    Agreement.POINTS: unsubscribe_from_summary,
    Agreement.SMS: unsubscribe_from_sms,
}
RETURN = {
    Agreement.MARKETING: subscribe_customers,
    Agreement.POINTS: subscribe_to_summary,
    Agreement.SMS: subscribe_to_sms,
}


@dataclass(frozen=True, slots=True)
class Way:
    """What a link of a message is for."""

    customer_id: UUID
    agreement: Agreement


def unsubscribe_url(
    *, store: Store, customer_id: UUID, purpose: Purpose | str, channel: Channel | str = Channel.MAIL
) -> str:
    """Where a customer says that they want no more of this; nothing for what they cannot end."""
    agreement = agreement_for(purpose, channel)
    if agreement is None:
        return ""
    token = _signer(store).sign_object([customer_id.hex, str(agreement)])
    return f"{settings.BASE_URL.rstrip('/')}/shop/{store.slug}/unsubscribe/{token}/"


def read_way(*, store: Store, token: str) -> Way:
    """What a link is for. Raises `NotFound` for one that was never sent."""
    try:
        customer, agreement = _signer(store).unsign_object(token)
    except signing.BadSignature as error:
        raise NotFound(_("This link is not whole. Nothing was changed.")) from error
    return Way(UUID(customer), Agreement(agreement))


def leave(*, store: Store, token: str, wording: str, now: datetime) -> None:
    """Send no more of this, and keep that they said so. Who is gone or gets none already stays as they are."""
    _do(LEAVE, store, token, wording, now)


def come_back(*, store: Store, token: str, wording: str, now: datetime) -> None:
    """Take it back: agreed to again, in these words."""
    _do(RETURN, store, token, wording, now)


def _do(verbs: Mapping[Agreement, Verb], store: Store, token: str, wording: str, now: datetime) -> None:
    way = read_way(store=store, token=token)
    customers = get_resource("customers")
    lives_on = way.customer_id
    if not Customer.objects.filter(store=store, pk=lives_on).exists():
        lives_on = customers.lives_on(lives_on, store) or lives_on
    with transaction.atomic():
        verbs[way.agreement](
            store=store,
            ids=[lives_on],
            inputs={"wording": wording},
            actor=THEMSELF,
            now=now,
            change_set=None,
        )


def _signer(store: Store) -> signing.Signer:
    return signing.Signer(salt=f"regulars.messages.unsubscribe:{store.pk}")
