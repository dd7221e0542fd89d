"""What other parts learn of saved views: who may share them, how they are undone, and how they forget people."""

from regulars.customers.erasing import erases
from regulars.staff.permissions import MANAGERS, declare
from regulars.timeline.undoing import undoable
from regulars.views import events, services
from regulars.views.models import First, Pin, View
from regulars.views.queries import SHARE

declare(SHARE, "Share saved views with a role or the whole store", MANAGERS)


def declare_doors() -> None:
    """Called once, at start."""
    kinds = (events.SAVED, events.CHANGED, events.REMOVED, events.UNDONE)
    undoable(kinds, services.restore_views, permission="")
    tables = [model._meta.db_table for model in (View, Pin, First)]
    erases("views", services.forget_people, tables=tables)
