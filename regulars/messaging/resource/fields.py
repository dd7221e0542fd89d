"""What one can see, ask and take out of messages and of what customers agreed to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from regulars.customers.resource.fields.common import labels, language_choices
from regulars.customers.resource.kinds import Language
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.messaging.choices import Channel, MessageState, Purpose
from regulars.messaging.kinds import all_kinds, label_of
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort

MESSAGE, CUSTOMER, SENDING = gettext_lazy("Message"), gettext_lazy("Customer"), gettext_lazy("Sending")
LONG = 60
TONES: dict[str, str] = {
    MessageState.QUEUED: "blue",
    MessageState.SENDING: "blue",
    MessageState.SENT: "green",
    MessageState.WITHHELD: "amber",
    MessageState.FAILED: "red",
    MessageState.BOUNCED: "red",
    MessageState.COMPLAINED: "red",
}
_OF_CUSTOMER = ("customer__number", "customer__first_name", "customer__last_name", "customer__company")


def _customer(row: Row, context: Context) -> str:
    name = f"{row['customer__first_name']} {row['customer__last_name']}".strip() or row["customer__company"]
    return str(name or f"#{row['customer__number']}")


def _kinds(context: Context) -> Choices:
    return [(one.name, str(one.label)) for one in all_kinds()]


def title(row: Row) -> str:
    """What to call a message: its subject, else how it begins, else its kind."""
    begins = str(row["body"]).partition("\n")[0]
    begins = begins if len(begins) <= LONG else f"{begins[:LONG]}…"
    return str(row["subject"] or begins or label_of(row["kind"]))


CUSTOMER_FIELD = Field(
    name="customer",
    label=gettext_lazy("Customer"),
    kind=kinds.Integer(minimum=1),
    section=CUSTOMER,
    path="customer__number",
    needs=_OF_CUSTOMER,
    show=_customer,
    permission=SEE_CUSTOMERS,
    shown=True,
    width=190,
    help=gettext_lazy("The number of the customer."),
)
FIELDS = (
    Field(
        name="subject",
        label=gettext_lazy("Subject"),
        kind=kinds.Text(),
        section=MESSAGE,
        needs=("subject", "body", "kind"),
        show=lambda row, context: title(row),
        permission=SEE_CUSTOMERS,
        shown=True,
        width=280,
        personal="notes",
    ),
    Field(
        name="state",
        label=gettext_lazy("State"),
        kind=kinds.Choice(),
        section=SENDING,
        choices=labels(MessageState),
        tones=TONES,
        shown=True,
        width=150,
    ),
    CUSTOMER_FIELD,
    Field(
        name="address",
        label=pgettext_lazy("recipient", "To"),
        kind=kinds.Text(),
        section=CUSTOMER,
        permission=SEE_CUSTOMERS,
        shown=True,
        width=210,
        personal="contact",
    ),
    Field(
        name="kind",
        label=gettext_lazy("Kind"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=_kinds,
        shown=True,
        width=180,
    ),
    Field(
        name="channel",
        label=gettext_lazy("Way"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=labels(Channel),
        shown=True,
        width=80,
        help=gettext_lazy("mail or sms"),
    ),
    Field(
        name="purpose",
        label=gettext_lazy("Purpose"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=labels(Purpose),
        width=170,
    ),
    Field(
        name="why",
        label=gettext_lazy("Why not"),
        kind=kinds.Text(),
        section=SENDING,
        shown=True,
        width=220,
        personal="notes",
    ),
    Field(
        name="body",
        label=gettext_lazy("Text"),
        kind=kinds.Text(max_length=20_000, multiline=True),
        section=MESSAGE,
        permission=SEE_CUSTOMERS,
        width=300,
        personal="notes",
    ),
    Field(
        name="created",
        label=gettext_lazy("Asked for"),
        kind=kinds.Moment(),
        section=SENDING,
        path="created_at",
        sort=Sort("created_at"),
        shown=True,
        width=160,
    ),
    Field(
        name="sent",
        label=gettext_lazy("Sent"),
        kind=kinds.Moment(),
        section=SENDING,
        path="sent_at",
        width=160,
    ),
    Field(
        name="due",
        label=pgettext_lazy("moment", "Due"),
        kind=kinds.Moment(),
        section=SENDING,
        path="due_at",
        width=160,
        help=gettext_lazy("Not before this; later in quiet hours or while a provider is not there."),
    ),
    Field(
        name="attempts",
        label=gettext_lazy("Attempts"),
        kind=kinds.Integer(),
        section=SENDING,
        width=90,
    ),
    Field(
        name="language",
        label=gettext_lazy("Language"),
        kind=Language(),
        choices=language_choices,
        section=MESSAGE,
        width=90,
    ),
    Field(
        name="author",
        label=gettext_lazy("Asked for by"),
        kind=kinds.Text(),
        section=SENDING,
        path="author_name",
        width=140,
    ),
)
LINKED = tuple(
    one for one in FIELDS if one.name in ("kind", "state", "channel", "purpose", "created", "sent", "why")
)
_PLACES = {
    "desk": gettext_lazy("at the desk"),
    "api": gettext_lazy("by the API"),
    "cli": gettext_lazy("on the command line"),
    "import": gettext_lazy("from a file"),
    "worker": gettext_lazy("in bulk"),
    "provider": gettext_lazy("at the provider of the mail or text message"),
    "shop": gettext_lazy("on the shop page, agreed to from the mailbox"),
    "unsubscribe": gettext_lazy("through the link of a message"),
}


def _places(context: Context) -> Choices:
    return [(value, str(label)) for value, label in _PLACES.items()]


def consent_title(row: Row) -> str:
    """ "Marketing: agreed"."""
    said = _("agreed") if row["granted"] else _("no more")
    return f"{Purpose(row['purpose']).label} ({Channel(row['channel']).label}): {said}"


CONSENT_FIELDS = (
    Field(
        name="what",
        label=gettext_lazy("What"),
        kind=kinds.Text(),
        section=MESSAGE,
        path="purpose",
        needs=("purpose", "channel", "granted"),
        value=lambda row, context: consent_title(row),
        filterable=False,
        shown=True,
        width=250,
    ),
    CUSTOMER_FIELD,
    Field(
        name="granted",
        label=gettext_lazy("Agreed"),
        kind=kinds.Boolean(),
        section=MESSAGE,
        shown=True,
        width=90,
    ),
    Field(
        name="at",
        label=gettext_lazy("When"),
        kind=kinds.Moment(),
        section=MESSAGE,
        sort=Sort("at"),
        shown=True,
        width=170,
    ),
    Field(
        name="place",
        label=gettext_lazy("Where"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=_places,
        shown=True,
        width=180,
    ),
    Field(
        name="author",
        label=gettext_lazy("By"),
        kind=kinds.Text(),
        section=MESSAGE,
        path="author_name",
        needs=("author_name", "author_kind"),
        show=lambda row, context: row["author_name"] or _("The customer"),
        shown=True,
        width=150,
    ),
    Field(
        name="wording",
        label=gettext_lazy("In which words"),
        kind=kinds.Text(multiline=True),
        section=MESSAGE,
        shown=True,
        width=320,
    ),
    Field(
        name="purpose",
        label=gettext_lazy("Purpose"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=labels(Purpose),
        width=150,
    ),
    Field(
        name="channel",
        label=gettext_lazy("Way"),
        kind=kinds.Choice(),
        section=MESSAGE,
        choices=labels(Channel),
        width=90,
    ),
)
CONSENT_LINKED = tuple(
    one for one in CONSENT_FIELDS if one.name in ("granted", "at", "place", "purpose", "channel")
)
