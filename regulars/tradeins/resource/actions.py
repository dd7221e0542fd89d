"""The buttons of trade-ins, one for each step of the table."""

from django.utils.translation import gettext_lazy as _

from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field, Row
from regulars.tradeins.choices import Acceptance, Hold
from regulars.tradeins.moves import MOVES, Move
from regulars.tradeins.resource.fields import labels
from regulars.tradeins.resource.permissions import EDIT, PAY
from regulars.tradeins.services import Mover

ASKED = {
    "why": Field(
        name="why",
        label=_("Reason"),
        kind=kinds.Text(max_length=500),
        help=_("Kept in the history; only staff see it."),
    ),
    "acceptance": Field(
        name="acceptance",
        label=_("Accepted"),
        kind=kinds.Choice(),
        choices=labels(Acceptance),
        required=True,
        help=_("Automatic: whatever the inspection finds is accepted without asking again."),
    ),
    "hold": Field(
        name="hold", label=_("Kind of hold"), kind=kinds.Choice(), choices=labels(Hold), required=True
    ),
    "price": Field(
        name="price",
        label=_("New price"),
        kind=kinds.Money(),
        help=_("For a trade-in with one item; of several give each its final price first, under Edit."),
    ),
    "courier": Field(name="courier", label=_("Courier"), kind=kinds.Text(max_length=80)),
    "tracking_number": Field(
        name="tracking_number", label=_("Tracking number"), kind=kinds.Text(max_length=80)
    ),
    "reference": Field(
        name="reference",
        label=_("Payment reference"),
        kind=kinds.Text(max_length=120),
        help=_("Of the transfer or cheque. Store credit is booked by itself."),
    ),
}


def _action(move: Move) -> Action:
    def offered(row: Row) -> bool:
        return move.fits(status=row["status"], way=row["way"])

    return Action(
        name=move.name,
        label=move.label,
        done_label=move.done_label,
        icon=move.icon,
        part="state" if move.danger else "move",
        main=move.main,
        permission=PAY if move.name == "pay" else EDIT,
        danger=move.danger,
        irreversible=bool(move.final),
        confirm=_("The payout is noted as done.") if move.final else "",
        perform=Mover(move),
        inputs=tuple(ASKED[name] for name in move.asks),
        needs=("status", "way"),
        offered=offered,
    )


ACTIONS = tuple(_action(move) for move in MOVES if not move.by_worker)
