"""Making a record once, however often a client repeats its request."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from regulars.kit.errors import Invalid, Refused
from regulars.resources.context import Context
from regulars.resources.models import IdempotencyKey
from regulars.resources.resource import Resource

MAX_LENGTH = 200


class KeyReused(Refused):
    """The key was sent before with another request; nothing was written."""

    code = "idempotency_key_reused"
    status = 422


def create_once(
    *, resource: Resource, values: dict[str, Any], key: str, request: bytes, context: Context
) -> tuple[UUID, bool]:
    """Make a record unless this client made it with the same key before; gives its id and whether it is new.

    Two requests at the same moment wait for each other at the unique constraint. Raises `KeyReused`, and what making
    the record raises; then the key is free again.
    """
    client = context.actor.id
    if not key or client is None:
        return _create(resource, values, context), True
    if len(key) > MAX_LENGTH or "\x00" in key:
        raise Invalid(f"An idempotency key has at most {MAX_LENGTH} characters.", field="Idempotency-Key")
    fingerprint = salted_hmac("regulars.idempotency", request, algorithm="sha256").hexdigest()
    rows = IdempotencyKey.objects.filter(store=context.store, actor_id=client, key=key)
    with transaction.atomic():
        IdempotencyKey.objects.bulk_create(
            [
                IdempotencyKey(
                    store=context.store,
                    actor_id=client,
                    key=key,
                    fingerprint=fingerprint,
                    resource=resource.name,
                )
            ],
            ignore_conflicts=True,
        )
        kept = rows.select_for_update().get()
        if (kept.resource, kept.fingerprint) != (resource.name, fingerprint):
            raise KeyReused("This idempotency key was sent before with another request. Use a new one.")
        if kept.record_id is not None:
            return kept.record_id, False
        made = _create(resource, values, context)
        rows.update(record_id=made)
    return made, True


def _create(resource: Resource, values: dict[str, Any], context: Context) -> UUID:
    return resource.create(store=context.store, values=values, actor=context.actor, now=context.now)
