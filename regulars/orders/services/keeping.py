"""Which orders stay whatever happens, because parts above refer to them."""

from collections.abc import Callable, Collection
from uuid import UUID

from regulars.stores.models import Store

# Says of orders why they stay; who is left out may go.
WhyKept = Callable[[Store, list[UUID]], dict[UUID, str]]
_keepers: list[WhyKept] = []


def keeps(*, why: WhyKept) -> None:
    """Declare which orders must stay. Called once, at start."""
    _keepers.append(why)


def why_kept(store: Store, ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of these orders that cannot be removed, each with the reason."""
    return {one: reason for keeper in _keepers for one, reason in keeper(store, list(ids)).items()}
