"""Addresses to which nothing is sent any more are kept as keyed hashes: they outlast the person's data."""

import hmac
from uuid import UUID

from django.conf import settings

from regulars.messaging.choices import Channel

_PURPOSE = b"regulars message addresses"


def address_hash(*, store_id: UUID, channel: Channel | str, address: str) -> str:
    """The keyed hash of an address as one store keeps it; the same for every way of writing capitals."""
    key = hmac.digest(settings.SECRET_KEY.encode(), _PURPOSE, "sha256")
    said = f"{store_id}:{channel}:{address.strip().casefold()}"
    return hmac.digest(key, said.encode(), "sha256").hex()
