"""The newsletter of who ordered on the shop page: agreed to in the form, and once more from the mailbox itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.services import subscribe_customers
from regulars.kit.email import email_key
from regulars.kit.errors import NotFound
from regulars.orders import events
from regulars.orders.models import Order
from regulars.orders.services.checkout import SHOP
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

VALID_SECONDS = 30 * 86_400


def agree_url(*, order: Order, wording: str) -> str:
    """Where the buyer agrees; nothing when the mailbox is not the one that their customer is written to."""
    if not wording or not _is_theirs(order):
        return ""
    kept = {"order": order.pk.hex, "wording": wording}
    token = signing.dumps(kept, salt=_salt(order.store), compress=True)
    return f"{settings.BASE_URL.rstrip('/')}/shop/{order.store.slug}/newsletter/{token}/"


def wording_of(*, store: Store, token: str) -> str:
    """What a link asks to agree to. Raises `NotFound` for one that is too old or was never sent."""
    return str(_opened(store, token)["wording"])


def agree(*, store: Store, token: str, now: datetime) -> None:
    """Send the newsletter from now on, and keep what was agreed to, when and how; once. Raises `NotFound`."""
    kept = _opened(store, token)
    with transaction.atomic():
        order = Order.objects.select_related("customer").filter(store=store, pk=UUID(kept["order"])).first()
        if order is None or not _is_theirs(order):
            raise _gone()
        ids = [order.customer_id]
        said = {"wording": kept["wording"], "number": order.number}
        done = subscribe_customers(
            store=store, ids=ids, inputs=said, actor=SHOP, now=now, change_set=None
        ).done
        if done:
            touched = Touched(order.customer_id, data=said)
            emit(store=store, actor=SHOP, resource="customers", kind=events.AGREED, touched=touched, now=now)


def _is_theirs(order: Order) -> bool:
    key = email_key(order.email)
    return bool(key) and key == email_key(order.customer.email)


def _opened(store: Store, token: str) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = signing.loads(token, salt=_salt(store), max_age=VALID_SECONDS)
    except signing.BadSignature as error:
        raise _gone() from error
    return kept


def _gone() -> NotFound:
    return NotFound(_("This link is too old, or is not whole. Nothing was changed."))


def _salt(store: Store) -> str:
    return f"regulars.orders.newsletter:{store.pk}"
