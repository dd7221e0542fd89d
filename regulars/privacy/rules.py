"""Who is kept although nothing was heard of them for long."""

from dataclasses import dataclass, field
from datetime import datetime

from regulars.privacy.spans import silent_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides about one customer: when something was last heard of them, and what they have open."""

    state: str = "active"
    heard: tuple[datetime, ...] = ()
    open_orders: int = 0
    unpaid_invoices: int = 0
    open_tradeins: int = 0
    open_requests: int = 0
    credit_minor: int = 0
    blocked: bool = False
    flagged: bool = False
    tags: frozenset[str] = field(default_factory=frozenset)
    in_segment: bool = False


def is_forgettable(
    facts: Facts, *, now: datetime, months: int, tags: frozenset[str], keep_flagged: bool
) -> bool:
    """Whether a rule means this customer: the meaning of `queries.forgettable` in plain words, which tests compare."""
    if facts.state == "anonymised" or facts.credit_minor > 0:
        return False
    if facts.open_orders or facts.unpaid_invoices or facts.open_tradeins or facts.open_requests:
        return False
    if (keep_flagged and facts.flagged) or facts.in_segment or facts.tags & tags:
        return False
    return all(one < silent_since(now, months=months) for one in facts.heard)
