"""For whom and when something is asked."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from regulars.kit.actor import Actor
from regulars.stores.models import Store


@dataclass(frozen=True)
class Context:
    """The store, the person or machine that asks, and the moment (so that "today" means one day throughout)."""

    store: Store
    actor: Actor
    now: datetime

    @cached_property
    def today(self) -> date:
        """The calendar day in the store's time zone."""
        return self.store.day_of(self.now)

    @property
    def locale(self) -> str:
        """The language figures are written in."""
        return self.store.language.replace("-", "_")
