"""What points add to customers."""

from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.fields.common import BUYING
from regulars.loyalty import events, queries, services
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field
from regulars.resources.links import Link
from regulars.resources.resource import contribute
from regulars.staff.permissions import MANAGERS, declare
from regulars.timeline.undoing import final, undoable

CHANGE = declare("points.change", "Give and take points", MANAGERS)

PENDING = Field(
    name="points_pending",
    label=_("Pending points"),
    kind=kinds.Integer(),
    section=BUYING,
    path="points_pending",
    width=110,
    help=_("Points that can be spent only later."),
)


def _kinds(context: Context) -> Choices:
    return [(value, str(label)) for value, label in Kind.choices]


def _sources(context: Context) -> Choices:
    return [(value, str(label)) for value, label in Source.choices]


ENTRIES = Link(
    name="point_entries",
    label=_("Entries of points"),
    singular=_("Entry of points"),
    rows=queries.entries_of,
    permission="customers.view",
    fields=(
        Field(name="points", label=_("Points"), kind=kinds.Integer(), path="points"),
        Field(name="kind", label=_("Kind"), kind=kinds.Choice(), choices=_kinds),
        Field(name="source", label=_("Source"), kind=kinds.Choice(), choices=_sources),
        Field(name="made", label=_("Made"), kind=kinds.Moment(), path="created_at"),
        Field(name="expires", label=_("Expires"), kind=kinds.Moment(), path="expires_at"),
        Field(name="left", label=_("Left of it"), kind=kinds.Integer(), path="left"),
    ),
)


_POLICIES = [("", _("As the store's settings say")), *BelowZero.choices]

ADJUST = Action(
    name="adjust-points",
    label=_("Add or remove points"),
    done_label=_("Points changed"),
    icon="coins",
    permission=CHANGE,
    inputs=(
        Field(
            name="points",
            label=_("Points"),
            kind=kinds.Integer(),
            required=True,
            help=_("How many to add; with a minus, like -10, to remove."),
        ),
        Field(
            name="reason",
            label=_("Reason"),
            kind=kinds.Text(max_length=300),
            required=True,
            help=_("Kept with the entry; only staff see it."),
        ),
        Field(
            name="note",
            label=_("Note for the customer"),
            kind=kinds.Text(max_length=300),
            help=_("Shown to the customer beside the points."),
        ),
        Field(
            name="below_zero",
            label=_("Who has fewer"),
            kind=kinds.Choice(),
            choices=lambda context: [(value, str(label)) for value, label in _POLICIES],
            help=_("What becomes of customers with fewer points than are removed."),
        ),
    ),
    preview=services.preview_points,
    perform=services.adjust_points,
    admit=services.admit_points,
    needs=("state",),
    offered=lambda row: row["state"] != "anonymised",
)


def declare_all() -> None:
    """Make the points known to every surface and to undo. Called once, at start."""
    contribute("customers", fields=(PENDING,), links=(ENTRIES,), actions=(ADJUST,), after="take-credit")
    taken_back = (
        events.GIVEN,
        events.TAKEN,
        events.EARNED,
        events.SPENT,
        events.TRANSFERRED,
        events.REVERSED,
    )
    undoable(taken_back, services.undo_points, permission=CHANGE)
    final(events.EXPIRED, _("Points that expired do not come back by themselves. Give new ones instead."))
