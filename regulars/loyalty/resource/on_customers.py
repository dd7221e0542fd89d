"""What points tell about a customer: the figure with what stands beside it, the ledger, conditions, their worth."""

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from regulars.customers.resource.fields.common import BUYING
from regulars.customers.resource.kinds import Named
from regulars.kit.money import display_money
from regulars.loyalty import queries, services
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.resource.fields import labels
from regulars.loyalty.resource.permissions import CHANGE, TRANSFER, VIEW
from regulars.loyalty.rules import last_day, worth
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.figure import Figure
from regulars.resources.flow import Flow
from regulars.resources.links import Link
from regulars.resources.related import Related

PENDING = Field(
    name="points_pending",
    label=gettext_lazy("Pending points"),
    kind=kinds.Integer(),
    section=BUYING,
    path="points_pending",
    width=110,
    help=gettext_lazy("Points that can be spent only later."),
)


def _of(row: Row) -> str:
    return f"customer = {row['number']}"


def told_beside(row: Row, context: Context) -> str:
    """What points are worth or that they are owed, what is pending, and what expires next."""
    programme = queries.programme_of(store=context.store)
    points, pending = row["points"], row["points_pending"]
    said = [str(row["tier"])] if row["tier"] else []
    if points < 0:
        said.append(ngettext("owes %(n)s point", "owes %(n)s points", -points) % {"n": f"{-points:,}"})
    elif value := worth(points, value_minor=programme.value_minor):
        said.append(
            _("worth %(sum)s") % {"sum": display_money(value, context.store.currency, context.locale)}
        )
    if pending:
        said.append(_("%(n)s pending") % {"n": f"{pending:,}"})
    soon = queries.next_expiry(store=context.store, customer_id=row["id"]) if points > 0 else None
    if soon is not None:
        last = last_day(expires_at=soon[0], zone=context.store.zone)
        day = format_date(last, "medium", locale=context.locale)
        said.append(_("%(n)s only until %(day)s") % {"n": f"{soon[1]:,}", "day": day})
    return " · ".join(said)


FIGURE = Figure(
    field="points",
    rank=90,
    rows="points",
    where=_of,
    note=told_beside,
    needs=("id", "number", "tier", "points", "points_pending"),
    card=True,
)
RELATED = Related(
    name="points", label=gettext_lazy("Points"), rows="points", rank=40, where=_of, without=("customer",)
)
FLOW = Flow(
    name="points",
    label=gettext_lazy("Points, at their worth"),
    rank=60,
    sign=0,
    entries=queries.worth_to,
    at="created_at",
    amount="worth",
    said="reason",
    permission=VIEW,
)
ENTRIES = Link(
    name="point_entries",
    label=gettext_lazy("Entries of points"),
    singular=gettext_lazy("Entry of points"),
    rows=queries.entries_of,
    permission=VIEW,
    fields=(
        Field(name="points", label=gettext_lazy("Points"), kind=kinds.Integer(), path="points"),
        Field(name="kind", label=gettext_lazy("Kind"), kind=kinds.Choice(), choices=labels(Kind)),
        Field(name="source", label=gettext_lazy("Source"), kind=kinds.Choice(), choices=labels(Source)),
        Field(name="made", label=gettext_lazy("Made"), kind=kinds.Moment(), path="created_at"),
        Field(name="expires", label=gettext_lazy("Expires"), kind=kinds.Until(), path="expires_at"),
        Field(name="left", label=gettext_lazy("Left of it"), kind=kinds.Integer(), path="left"),
    ),
)

_POLICIES = [("", gettext_lazy("As the store's settings say")), *BelowZero.choices]
_REASON = Field(
    name="reason",
    label=gettext_lazy("Reason"),
    kind=kinds.Text(max_length=300),
    required=True,
    help=gettext_lazy("Kept with the entry; only staff see it."),
)
_NOTE = Field(
    name="note",
    label=gettext_lazy("Note for the customer"),
    kind=kinds.Text(max_length=300),
    help=gettext_lazy("Shown to the customer beside the points."),
)
ACTIONS = (
    Action(
        name="adjust-points",
        label=gettext_lazy("Add or remove points"),
        done_label=gettext_lazy("Points changed"),
        icon="coins",
        permission=CHANGE,
        inputs=(
            Field(
                name="points",
                label=gettext_lazy("Points"),
                kind=kinds.Integer(),
                required=True,
                help=gettext_lazy("How many to add; with a minus, like -10, to remove."),
            ),
            _REASON,
            _NOTE,
            Field(
                name="below_zero",
                label=gettext_lazy("Who has fewer"),
                kind=kinds.Choice(),
                choices=lambda context: [(value, str(label)) for value, label in _POLICIES],
                help=gettext_lazy("What becomes of customers with fewer points than are removed."),
            ),
        ),
        preview=services.preview_points,
        perform=services.adjust_points,
        admit=services.admit_points,
        apart=True,
        needs=("state",),
        offered=lambda row: row["state"] != "anonymised",
    ),
    Action(
        name="transfer-points",
        label=gettext_lazy("Transfer points"),
        done_label=gettext_lazy("Points transferred"),
        icon="arrow-right",
        part="move",
        permission=TRANSFER,
        scope="one",
        inputs=(
            Field(
                name="customer",
                label=pgettext_lazy("recipient", "To"),
                kind=Named(max_length=200),
                required=True,
                help=gettext_lazy("Number, e-mail or external id of the customer who gets them."),
            ),
            Field(
                name="points",
                label=gettext_lazy("Points"),
                kind=kinds.Integer(minimum=1),
                required=True,
                help=gettext_lazy("They expire when they would have."),
            ),
            _REASON,
            _NOTE,
        ),
        perform=services.transfer_points,
        admit=services.admit_points,
        needs=("points", "state"),
        offered=lambda row: row["points"] > 0 and row["state"] != "anonymised",
    ),
)
