"""For whom and when something is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from regulars.kit.actor import Actor
from regulars.stores.models import Store


@dataclass(frozen=True)
class Context:
    """The store, the person or machine that asks, the moment (so that "today" means one day throughout), and the
    language of the reader where there is one.
    """

    store: Store
    actor: Actor
    now: datetime
    language: str = ""

    @cached_property
    def today(self) -> date:
        """The calendar day in the store's time zone."""
        return self.store.day_of(self.now)

    def once[T](self, name: str, read: Callable[[], T]) -> T:
        """What several parts of one page need, read the first time only."""
        if name not in self._known:
            self._known[name] = read()
        found: T = self._known[name]
        return found

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {}

    @property
    def locale(self) -> str:
        """The language labels and figures are written in: the reader's, else the store's."""
        return (self.language or self.store.language).replace("-", "_")
