"""What store credit adds to customers: the figure, and the two verbs."""

from django.utils.translation import gettext_lazy as _

from regulars.credit import events, queries, services
from regulars.credit.choices import Source
from regulars.customers.resource.fields.common import BUYING
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Sort
from regulars.resources.figure import Figure
from regulars.resources.flow import Flow
from regulars.resources.links import Link
from regulars.resources.resource import contribute
from regulars.staff.permissions import MANAGERS, declare
from regulars.timeline.undoing import undoable

CHANGE = declare("credit.change", "Add and take store credit", MANAGERS)

BALANCE = Field(
    name="store_credit",
    label=_("Store credit"),
    kind=kinds.Money(),
    section=BUYING,
    path="credit_minor",
    sort=Sort("credit_minor", zeros=True),
    width=110,
    help=_("What the shop owes the customer; the sum of the ledger."),
)


def _sources(context: Context) -> Choices:
    return [(value, str(label)) for value, label in Source.choices]


ENTRIES = Link(
    name="credit",
    label=_("Entries of store credit"),
    singular=_("Entry of store credit"),
    rows=queries.entries_of,
    permission="customers.view",
    fields=(
        Field(name="amount", label=_("Amount"), kind=kinds.Money(), path="amount_minor"),
        Field(name="source", label=_("Source"), kind=kinds.Choice(), choices=_sources),
        Field(name="made", label=_("Made"), kind=kinds.Moment(), path="created_at"),
    ),
)
_INPUTS = (
    Field(
        name="amount",
        label=_("Amount"),
        kind=kinds.Money(),
        required=True,
        help=_("In the currency of the store, like 12.50."),
    ),
    Field(
        name="reason",
        label=_("Reason"),
        kind=kinds.Text(max_length=300),
        required=True,
        help=_("Kept with the entry; only staff see it."),
    ),
)
ACTIONS = (
    Action(
        name="add-credit",
        label=_("Add store credit"),
        done_label=_("Store credit added"),
        icon="wallet",
        permission=CHANGE,
        inputs=_INPUTS,
        perform=services.add_credit,
        needs=("state",),
        offered=lambda row: row["state"] != "anonymised",
    ),
    Action(
        name="take-credit",
        label=_("Take store credit"),
        done_label=_("Store credit taken"),
        icon="wallet",
        permission=CHANGE,
        inputs=_INPUTS,
        perform=services.take_credit,
        needs=("credit_minor",),
        offered=lambda row: row["credit_minor"] > 0,
    ),
)


FLOW = Flow(
    name="credit",
    label=_("Store credit"),
    rank=50,
    sign=0,
    entries=queries.entries_to,
    at="created_at",
    amount="amount_minor",
    said="reason",
    permission="customers.view",
    runs=True,
)
FIGURE = Figure(field="store_credit", rank=60, card=True, if_any=True, tab="money", flow=FLOW.name)


def declare_all() -> None:
    """Make the credit known to every surface and to undo. Called once, at start."""
    contribute(
        "customers",
        fields=(BALANCE,),
        actions=ACTIONS,
        links=(ENTRIES,),
        figures=(FIGURE,),
        flows=(FLOW,),
        after="mark-reviewed",
    )
    undoable((events.ADDED, events.TAKEN), services.undo_credit, permission=CHANGE)
