"""Sealing what has to be read again (how people are paid, the secret of their authenticator app), so that a copy of the
database tells it to nobody.

The keys are the install's own (REGULARS_PAYOUT_KEYS, else a file beside the database that only its owner can read):
the first one seals, all of them open. Changing them: docs/adr/0019-payout-particulars-are-sealed.md.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from regulars.kit.errors import Refused


class CannotOpen(Refused):
    """The key with which this was sealed is not known to this install."""

    code = "sealed"


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(values: Mapping[str, Any]) -> str:
    """The particulars as a text that says nothing without the key; nothing to seal stays empty."""
    return _box(tuple(settings.PAYOUT_KEYS)).encrypt(orjson.dumps(dict(values))).decode() if values else ""


def open_sealed(sealed: str) -> dict[str, Any]:
    """The particulars again. Raises `CannotOpen`."""
    if not sealed:
        return {}
    try:
        found: dict[str, Any] = orjson.loads(_box(tuple(settings.PAYOUT_KEYS)).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen(
            _(
                "These particulars were sealed with a key that this install does not have. Put the "
                "earlier key into REGULARS_PAYOUT_KEYS, or enter them again."
            )
        ) from error
    return found


def seal_again(sealed: str) -> str:
    """The same, sealed with the key in use. Raises `CannotOpen`."""
    return seal(open_sealed(sealed))


def is_current(sealed: str) -> bool:
    """Whether it was sealed with the key in use."""
    try:
        Fernet(settings.PAYOUT_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True
