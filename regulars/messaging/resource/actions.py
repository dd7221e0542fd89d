"""Writing to customers, trying again, and letting an address be written to again."""

from django.utils.translation import gettext_lazy as _

from regulars.messaging import services
from regulars.messaging.choices import Channel, MessageState, Purpose
from regulars.messaging.permissions import RETRY, WRITE
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field

_VARIABLES = _("One can write {{first_name}}, {{name}} and {{store}}: each customer reads their own.")

WRITE_ACTION = Action(
    name="write",
    label=_("Write a message"),
    done_label=_("To be sent"),
    icon="mail",
    part="contact",
    permission=WRITE,
    inputs=(
        Field(
            name="purpose",
            label=_("What it is about"),
            kind=kinds.Choice(),
            required=True,
            choices=lambda context: [
                (value, str(label)) for value, label in Purpose.choices if value != Purpose.POINTS
            ],
            help=_("Marketing goes only to those who agreed to it, and never in quiet hours."),
        ),
        Field(
            name="channel",
            label=_("Way"),
            kind=kinds.Choice(),
            choices=lambda context: [(value, str(label)) for value, label in Channel.choices],
            help=_("Mail, unless you choose."),
        ),
        Field(name="subject", label=_("Subject"), kind=kinds.Text(max_length=200), help=_("Of a mail.")),
        Field(
            name="body",
            label=_("Text"),
            kind=kinds.Text(max_length=5000, multiline=True),
            required=True,
            help=_VARIABLES,
        ),
    ),
    preview=services.preview_writing,
    perform=services.write_to,
    admit=services.admit_writing,
    needs=("state",),
    offered=lambda row: row["state"] == "active" or row["state"] == "inactive",
)
LIFT = Action(
    name="lift-stop",
    label=_("Write to their address again"),
    done_label=_("May be written to again"),
    icon="mail-check",
    part="contact",
    permission=RETRY,
    confirm=_("Messages came back from it or were marked as spam. Write to it again all the same?"),
    perform=services.lift_stops,
    scope="one",
    # Only the page of who is concerned offers it: which addresses those are is kept as hashes.
    offered=lambda row: False,
)
TRY_AGAIN = Action(
    name="try-again",
    label=_("Send again"),
    done_label=_("To be sent again"),
    icon="refresh",
    permission=RETRY,
    perform=services.try_again,
    needs=("state",),
    offered=lambda row: row["state"] in (MessageState.FAILED, MessageState.BOUNCED, MessageState.WITHHELD),
)
