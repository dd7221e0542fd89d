"""What can be done with offers, with customers about offers, and with redemptions."""

from django.utils.translation import gettext_lazy as _

from regulars.offers import queries, services
from regulars.offers.choices import Codes
from regulars.offers.resource.permissions import EDIT, SEND, VOID
from regulars.offers.services import MOVES, Move
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row


def _open_offers(context: Context) -> Choices:
    return queries.offer_choices(context.store)


def _step(move: Move) -> Action:
    def offered(row: Row) -> bool:
        return row["state"] in move.sources

    return Action(
        name=move.name,
        label=move.label,
        done_label=move.done_label,
        icon=move.icon,
        part="state" if move.danger else "move",
        main=move.main,
        permission=EDIT,
        danger=move.danger,
        perform=services.Mover(move),
        needs=("state",),
        offered=offered,
    )


SEND_OFFER = Action(
    name="send-offer",
    label=_("Send an offer…"),
    done_label=_("Offer sent"),
    icon="gift",
    part="contact",
    permission=SEND,
    inputs=(
        Field(
            name="offer",
            label=_("Offer"),
            kind=kinds.Choice(),
            choices=_open_offers,
            required=True,
            help=_("Those that are open. Who takes no marketing gets none."),
        ),
    ),
    preview=services.preview_sending,
    perform=services.send_offer,
    needs=("state",),
    offered=lambda row: row["state"] not in ("anonymised", "archived"),
)
SEND_TO_AUDIENCE = Action(
    name="send",
    label=_("Send to all it is for"),
    done_label=_("Offer is being sent"),
    icon="send",
    part="contact",
    permission=SEND,
    confirm=_(
        "Everybody it is for gets a mail, unless they take no marketing or had too many offers lately."
    ),
    preview=services.preview_whole,
    perform=services.send_to_audience,
    needs=("state", "audience"),
    offered=lambda row: row["state"] == "active" and row["audience"] != "chosen",
)
MAKE_CODES = Action(
    name="make-codes",
    label=_("Make codes…"),
    done_label=_("Codes made"),
    icon="barcode",
    permission=EDIT,
    scope="one",
    inputs=(
        Field(
            name="count",
            label=_("How many"),
            kind=kinds.Integer(),
            required=True,
            help=_("Whoever brings one redeems it: for cards, flyers, another system."),
        ),
    ),
    perform=services.make_codes,
    needs=("codes",),
    offered=lambda row: row["codes"] == Codes.UNIQUE,
)
ADD_CODES = Action(
    name="add-codes",
    label=_("Bring codes along…"),
    done_label=_("Codes brought along"),
    icon="file-import",
    permission=EDIT,
    scope="one",
    inputs=(
        Field(
            name="codes",
            label=_("Codes"),
            kind=kinds.Text(max_length=1_500_000, multiline=True),
            required=True,
            help=_("One on each line; what stands behind a comma is left out."),
        ),
    ),
    perform=services.add_codes,
    needs=("codes",),
    offered=lambda row: row["codes"] == Codes.UNIQUE,
)
ACTIONS = (*(_step(move) for move in MOVES), SEND_TO_AUDIENCE, MAKE_CODES, ADD_CODES)
VOID_REDEMPTION = Action(
    name="void",
    label=_("Take back…"),
    done_label=_("Redemption taken back"),
    icon="arrow-back-up",
    part="state",
    permission=VOID,
    danger=True,
    inputs=(
        Field(
            name="reason",
            label=_("Reason"),
            kind=kinds.Text(max_length=300),
            required=True,
            help=_("Kept with the redemption; only staff see it."),
        ),
    ),
    perform=services.void_redemptions,
    needs=("voided_at",),
    offered=lambda row: row["voided_at"] is None,
)
