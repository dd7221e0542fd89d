"""What other parts learn of saved views: who may share them, how they are undone, and how they forget people."""

from collections.abc import Iterable

from regulars.customers.erasing import erases
from regulars.segments.uses import Use, register_use
from regulars.staff.permissions import MANAGERS, declare
from regulars.stores.models import Store
from regulars.timeline.undoing import undoable
from regulars.views import events, queries, services
from regulars.views.choices import Scope
from regulars.views.models import First, Pin, View
from regulars.views.queries import SHARE

declare(SHARE, "Share saved views with a role or the whole store", MANAGERS)


def declare_doors() -> None:
    """Called once, at start."""
    kinds = (events.SAVED, events.CHANGED, events.REMOVED, events.UNDONE)
    undoable(kinds, services.restore_views, permission="")
    tables = [model._meta.db_table for model in (View, Pin, First)]
    erases("views", services.forget_people, tables=tables)
    register_use(kind="view", find=_uses, rewrite=services.rewrite_view)


def _uses(*, store: Store) -> Iterable[Use]:
    """The conditions of views, so that a segment they name is not deleted or renamed under them."""
    for view in queries.queries_of(store=store):
        whose = f" ({view.owner_name})" if view.scope == Scope.PERSONAL else ""
        yield Use(kind="view", id=view.pk, name=f"{view.name}{whose}", where=view.where)
