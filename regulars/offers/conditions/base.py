"""What every condition of redeeming an offer answers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from regulars.customers.models import Customer
from regulars.offers.models import Code, Grant, Offer
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody wants to redeem an offer: who (guests have no customer), with what, and when.

    `used` says how often this customer has redeemed it before; `goes_on` that this is a further part of one time.
    """

    store: Store
    offer: Offer
    now: datetime
    customer: Customer | None = None
    grant: Grant | None = None
    code: Code | None = None
    bill_minor: int | None = None
    used: int = 0
    code_used: bool = False
    goes_on: bool = False


class Condition(ABC):
    """One thing that must hold. Adding one is a class in a file of its own and a line in the list."""

    name: ClassVar[str]

    @abstractmethod
    def why_not(self, asked: Asked) -> str:
        """Why the offer cannot be redeemed, as a sentence; nothing when this condition holds."""
