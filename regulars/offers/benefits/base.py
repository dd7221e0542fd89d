"""What every benefit of an offer answers."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.offers.choices import Kind
from regulars.offers.models import Offer
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An offer that is about to be redeemed: by whom, on which bill, how much is left of it, how much is wanted."""

    store: Store
    offer: Offer
    redemption_id: UUID
    customer_id: UUID | None
    bill_minor: int | None
    left_minor: int | None
    part_minor: int | None
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Worth:
    """What was given: an amount off, when that is known, or an entry of points."""

    amount_minor: int | None = None
    points_entry_id: UUID | None = None


class Benefit(ABC):
    """One kind of gift. Adding one is a class in a file of its own, a kind among the choices and a line in the list."""

    kind: ClassVar[Kind]
    # The column that says how much; empty for a benefit that needs none.
    column: ClassVar[str] = ""

    def check(self, facts: Mapping[str, Any]) -> str:
        """What is missing or wrong, as a sentence."""
        return ""

    def say(self, offer: Offer, store: Store, locale: str = "") -> str:
        """The benefit in a few words, for staff and customers; numbers as `locale` writes them, else the store."""
        return str(self.kind.label)

    def why_not(self, given: Given) -> str:
        """Why it cannot be given like this, as a sentence."""
        return ""

    def give(self, given: Given) -> Worth:
        """Give it, inside the transaction of the redemption."""
        return Worth()
