"""What one can see, ask, sort and take out of requests about personal data."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.resource.fields.common import labels
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.privacy.choices import Kind, Proof, State, Way
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Sort

REQUEST, HANDLING = _("Request"), _("Handling")
TONES: dict[str, str] = {
    State.UNCONFIRMED: "grey",
    State.OPEN: "blue",
    State.WAITING: "amber",
    State.DONE: "green",
    State.REFUSED: "red",
    State.WITHDRAWN: "grey",
}
_NAMES = ("customer__first_name", "customer__last_name", "customer__company", "customer_number")


def title(row: Row) -> str:
    """ "Erasure · #1042": it holds nothing personal, and so it is the same after the erasure."""
    return f"{Kind(row['kind']).label} · #{row['customer_number']}"


def whose(row: Row, context: Context) -> str:
    """The customer by name while there is one, else the number that stays."""
    name = f"{row['customer__first_name'] or ''} {row['customer__last_name'] or ''}".strip()
    name = name or row["customer__company"] or ""
    number = f"#{row['customer_number']}"
    return f"{name} {number}" if name and context.actor.may(SEE_CUSTOMERS) else number


FIELDS = (
    Field(
        name="kind",
        label=_("What is asked for"),
        kind=kinds.Choice(),
        section=REQUEST,
        choices=labels(Kind),
        show=lambda row, context: str(Kind(row["kind"]).label),
        shown=True,
        editable=True,
        required=True,
        inline=False,
        width=180,
        help=_("access, erasure, correction, objection or restriction"),
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Integer(minimum=1),
        section=REQUEST,
        path="customer_number",
        needs=_NAMES,
        show=whose,
        shown=True,
        editable=True,
        required=True,
        inline=False,
        width=210,
        help=_("The number of the customer."),
    ),
    Field(
        name="state",
        label=_("State"),
        kind=kinds.Choice(),
        section=REQUEST,
        choices=labels(State),
        tones=TONES,
        shown=True,
        width=150,
    ),
    Field(
        name="due",
        label=pgettext_lazy("deadline", "Due"),
        kind=kinds.Moment(),
        section=HANDLING,
        path="due_at",
        sort=Sort("due_at"),
        shown=True,
        width=160,
        help=_("By when the store has to have answered."),
    ),
    Field(
        name="received",
        label=_("Received"),
        kind=kinds.Moment(),
        section=REQUEST,
        path="received_at",
        sort=Sort("received_at"),
        shown=True,
        editable=True,
        inline=False,
        width=160,
        help=_("When the store learned of it: the month begins then."),
    ),
    Field(
        name="way",
        label=_("Came by"),
        kind=kinds.Choice(),
        section=REQUEST,
        choices=labels(Way),
        shown=True,
        editable=True,
        inline=False,
        width=150,
    ),
    Field(
        name="details",
        label=_("In their words"),
        kind=kinds.Text(max_length=5000, multiline=True),
        section=REQUEST,
        permission=SEE_CUSTOMERS,
        editable=True,
        inline=False,
        personal="notes",
        width=280,
    ),
    Field(
        name="proof",
        label=_("Identity checked"),
        kind=kinds.Choice(),
        section=HANDLING,
        choices=labels(Proof),
        shown=True,
        why_empty=_("Not yet"),
        width=190,
    ),
    Field(
        name="proof_note",
        label=_("Note on the check"),
        kind=kinds.Text(),
        section=HANDLING,
        permission=SEE_CUSTOMERS,
        personal="notes",
        width=200,
    ),
    Field(name="proof_by", label=_("Checked by"), kind=kinds.Text(), section=HANDLING, width=140),
    Field(
        name="handler",
        label=_("Handled by"),
        kind=kinds.Text(),
        section=HANDLING,
        path="handler_name",
        shown=True,
        why_empty=_("Nobody yet"),
        width=150,
    ),
    Field(
        name="extended_why",
        label=_("Why more time"),
        kind=kinds.Text(),
        section=HANDLING,
        permission=SEE_CUSTOMERS,
        personal="notes",
        width=220,
    ),
    Field(
        name="erase",
        label=_("Erased on"),
        kind=kinds.Moment(),
        section=HANDLING,
        path="erase_at",
        width=160,
        help=_("The time of grace ends then; until then the customer can take it back."),
    ),
    Field(
        name="problem",
        label=_("What holds it up"),
        kind=kinds.Text(),
        section=HANDLING,
        permission=SEE_CUSTOMERS,
        personal="notes",
        width=220,
    ),
    Field(
        name="answer",
        label=_("Answer"),
        kind=kinds.Text(max_length=5000, multiline=True),
        section=HANDLING,
        permission=SEE_CUSTOMERS,
        personal="notes",
        width=280,
    ),
    Field(
        name="author",
        label=_("Noted by"),
        kind=kinds.Text(),
        section=REQUEST,
        path="author_name",
        show=lambda row, context: str(row["author_name"] or _("The customer")),
        width=150,
    ),
    Field(
        name="created",
        label=_("Noted"),
        kind=kinds.Moment(),
        section=REQUEST,
        path="created_at",
        sort=Sort("created_at"),
        width=160,
    ),
    Field(
        name="closed",
        label=_("Finished"),
        kind=kinds.Moment(),
        section=HANDLING,
        path="closed_at",
        width=160,
    ),
)
LINKED = tuple(
    one for one in FIELDS if one.name in ("kind", "state", "way", "due", "received", "proof", "closed")
)
