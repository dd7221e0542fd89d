"""Making a record, or acting, once, however often a client repeats its request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

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
    if not key or context.actor.id is None:
        return _create(resource, values, context), True
    with _noting(), _locked(resource.name, key, request, context) as kept:
        if kept.record_id is not None:
            return kept.record_id, False
        kept.record_id = _create(resource, values, context)
        kept.save(update_fields=["record_id"])
    return kept.record_id, True


def take_once(
    *, resource: Resource, values: dict[str, Any], key: str, request: bytes, context: Context
) -> tuple[UUID, bool]:
    """The same for what another system sends: what came before with the same external id stays as it is.

    Raises what `create_once` raises.
    """
    known = _sent_before(resource, values, context)
    if known is not None:
        return known, False
    try:
        return create_once(resource=resource, values=values, key=key, request=request, context=context)
    except Refused:
        known = _sent_before(resource, values, context)  # it came twice at the same moment
        if known is None:
            raise
        return known, False


def answer_once(
    *, what: str, key: str, request: bytes, context: Context, answer: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Do something unless this client did it with the same key before; gives the answer of then and whether it is new.

    `what` names the deed ("customers.archive"); the answer is kept, so it must hold nothing personal. Raises
    `KeyReused`.
    """
    if not key or context.actor.id is None:
        return answer(), True
    with _noting(), _locked(what, key, request, context) as kept:
        if kept.answer is not None:
            return kept.answer, False
        kept.answer = answer()
        kept.save(update_fields=["answer"])
    return kept.answer, True


@contextmanager
def _noting() -> Iterator[None]:
    """Keep of a refused attempt what is to be kept: it was taken back with everything else."""
    try:
        yield
    except Refused as refusal:
        if refusal.noted is not None:
            refusal.noted()
        raise


@contextmanager
def _locked(what: str, key: str, request: bytes, context: Context) -> Iterator[IdempotencyKey]:
    """The key's row, locked until what it is for is done; nothing of it stays when that fails."""
    if len(key) > MAX_LENGTH or "\x00" in key:
        raise Invalid(
            _("An idempotency key has at most %(max_length)s characters.") % {"max_length": MAX_LENGTH},
            field="Idempotency-Key",
        )
    fingerprint = salted_hmac("regulars.idempotency", request, algorithm="sha256").hexdigest()
    one = {"store": context.store, "actor_id": context.actor.id, "key": key}
    with transaction.atomic():
        IdempotencyKey.objects.bulk_create(
            [IdempotencyKey(**one, fingerprint=fingerprint, resource=what)], ignore_conflicts=True
        )
        kept = IdempotencyKey.objects.select_for_update().get(**one)
        if (kept.resource, kept.fingerprint) != (what, fingerprint):
            raise KeyReused(_("This idempotency key was sent before with another request. Use a new one."))
        yield kept


def _sent_before(resource: Resource, values: dict[str, Any], context: Context) -> UUID | None:
    known_as = values.get(resource.once_by) if resource.once_by else None
    if not known_as:
        return None
    rows = resource.rows(context.store).filter(**{resource.once_by: known_as})
    return rows.values_list("pk", flat=True).first()


def _create(resource: Resource, values: dict[str, Any], context: Context) -> UUID:
    return resource.create(store=context.store, values=values, actor=context.actor, now=context.now)
