"""The signed link of a mail, which opens one offer for one customer; nothing of it is kept."""

from uuid import UUID

from django.conf import settings
from django.core import signing

from regulars.stores.models import Store

VALID_SECONDS = 400 * 86_400


def offer_url(*, store: Store, offer_id: UUID, customer_id: UUID) -> str:
    """Where a customer sees an offer."""
    token = signing.dumps([offer_id.hex, customer_id.hex], salt=_salt(store), compress=True)
    return f"{settings.BASE_URL.rstrip('/')}/shop/{store.slug}/offers/{token}/"


def read_token(*, store: Store, token: str) -> tuple[UUID, UUID] | None:
    """The offer and the customer of a link; nothing for one that is too old, of another store, or not whole."""
    try:
        offer, customer = signing.loads(token, salt=_salt(store), max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return UUID(offer), UUID(customer)


def _salt(store: Store) -> str:
    return f"regulars.offers:{store.pk}"
