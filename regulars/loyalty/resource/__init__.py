"""Points in the catalogue: the ledger, and what it adds to customers."""

from django.utils.translation import gettext_lazy as _

from regulars.loyalty import events, services
from regulars.loyalty.resource import on_customers
from regulars.loyalty.resource.entries import POINTS
from regulars.loyalty.resource.permissions import CHANGE
from regulars.resources.resource import contribute, register
from regulars.timeline.undoing import final, undoable


def declare_all() -> None:
    """Make the points known to every surface and to undo. Called once, at start."""
    register(POINTS)
    contribute(
        "customers",
        fields=(on_customers.PENDING,),
        actions=on_customers.ACTIONS,
        links=(on_customers.ENTRIES,),
        figures=(on_customers.FIGURE,),
        flows=(on_customers.FLOW,),
        related=(on_customers.RELATED,),
        after="take-credit",
    )
    taken_back = (
        events.GIVEN,
        events.TAKEN,
        events.EARNED,
        events.SPENT,
        events.TRANSFERRED,
        events.RECEIVED,
        events.REVERSED,
        events.GIVEN_BACK,
    )
    undoable(taken_back, services.undo_points, permission=CHANGE)
    final(events.EXPIRED, _("Points that expired do not come back by themselves. Give new ones instead."))
