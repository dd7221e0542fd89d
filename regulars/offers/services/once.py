"""What is asked for under a key is redeemed once, however often it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from regulars.kit.errors import Refused
from regulars.offers import queries
from regulars.offers.models import Redemption
from regulars.stores.models import Store


class KeyUsedOtherwise(Refused):
    """The key was used before for another redemption. Nothing was redeemed."""

    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What somebody wants redeemed: the code as typed, for whom, on which bill or order, and how much of it."""

    code: str
    customer_id: UUID | None = None
    bill_minor: int | None = None
    part_minor: int | None = None
    order: str = ""


def done_before(
    *, store: Store, key: str, found: queries.Found, asking: Asking, order_id: UUID | None
) -> Redemption | None:
    """What was done under this key, if anything. Raises `KeyUsedOtherwise` when it was something else."""
    if not key:
        return None
    known = queries.redemptions_of(store).filter(key=key).first()
    if known is None:
        return None
    code_id, bill = found.code.pk if found.code else None, asking.bill_minor
    wanted = (found.offer.pk, code_id, asking.customer_id, bill, order_id)
    if (known.offer_id, known.code_id, known.customer_id, known.bill_minor, known.order_id) != wanted:
        raise _used_otherwise()
    part = asking.part_minor
    if part is not None and known.amount_minor != (part if bill is None else min(part, bill)):
        raise _used_otherwise()
    return known


@contextmanager
def once() -> Iterator[None]:
    """Two offers under one key at the same moment wait for nothing of each other: the database lets one through."""
    try:
        yield
    except IntegrityError as error:
        if "offer_redemption_once_per_key" not in str(error):
            raise
        raise _used_otherwise() from error


def _used_otherwise() -> KeyUsedOtherwise:
    return KeyUsedOtherwise(_("This key was used before for another redemption. Use a new one."))
