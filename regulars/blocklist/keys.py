"""Keyed hashes: a rule can be found by an address without the address being kept.

The key is derived from the secret of the install, and the store is part of what is hashed, so that neither a copy of
the database nor another store can tell whether somebody is on the list. Why, and how the secret is changed:
docs/adr/0010-block-rules-are-kept-as-keyed-hashes.md.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings

_PURPOSE = b"regulars.blocklist.identity"


@lru_cache(maxsize=8)
def _derived(secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE, "sha256")


def current_key() -> str:
    """A name for the key in use, so that hashes of an earlier one are known; says nothing about the key."""
    return sha256(_derived(settings.SECRET_KEY)).hexdigest()[:12]


def digest(store_id: UUID, kind: str, value: str) -> str:
    """The hash of an identity with the key in use."""
    return _hash(_derived(settings.SECRET_KEY), store_id, kind, value)


def digests(store_id: UUID, kind: str, value: str) -> list[str]:
    """The hashes of an identity with the key in use and all earlier ones that are still known."""
    return [_hash(_derived(secret), store_id, kind, value) for secret in _secrets()]


def _hash(key: bytes, store_id: UUID, kind: str, value: str) -> str:
    return hmac.digest(key, f"{store_id}:{kind}:{value}".encode(), "sha256").hex()


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
