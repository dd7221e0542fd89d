"""Who is held out of an offer to compare with, and how sure a difference between two shares is."""

import hashlib
from dataclasses import dataclass
from math import sqrt
from uuid import UUID

_Z95 = 1.959963984540054


def is_held_out(*, customer_id: UUID, offer_id: UUID, percent: int) -> bool:
    """Whether a customer is one of those who do not get an offer, to compare with; always the same answer."""
    digest = hashlib.sha256(offer_id.bytes + customer_id.bytes).digest()
    return int.from_bytes(digest[:8]) % 10_000 < percent * 100


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    some: int
    all: int

    @property
    def part(self) -> float:
        """The share, 0 of nobody."""
        return self.some / self.all if self.all else 0.0


def wilson(share: Share) -> tuple[float, float]:
    """Where a share lies with 95 % certainty, by Wilson's score interval; also right for few and for none."""
    if not share.all:
        return 0.0, 1.0
    number, part = share.all, share.part
    spread = _Z95 * sqrt(part * (1 - part) / number + _Z95**2 / (4 * number**2))
    middle, scale = part + _Z95**2 / (2 * number), 1 + _Z95**2 / number
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)


def newcombe(one: Share, other: Share) -> tuple[float, float]:
    """Where the difference of two shares lies with 95 % certainty, by Newcombe's method 10 (from Wilson's two)."""
    (low, high), (other_low, other_high) = wilson(one), wilson(other)
    difference = one.part - other.part
    down = sqrt((one.part - low) ** 2 + (other_high - other.part) ** 2)
    up = sqrt((high - one.part) ** 2 + (other.part - other_low) ** 2)
    return difference - down, difference + up
