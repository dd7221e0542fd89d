"""Writing trade-ins, and how customers are paid."""

from regulars.tradeins.services.create import NewTradeIn, NotAdmitted, create_tradein
from regulars.tradeins.services.edit import Overtaken, edit_tradein
from regulars.tradeins.services.expire import expire_due
from regulars.tradeins.services.moving import Mover
from regulars.tradeins.services.notes import SETTLED, note_differs, note_payouts, note_tradeins
from regulars.tradeins.services.own import (
    TooManyOpen,
    move_own_tradein,
    set_own_payout,
    start_own_tradein,
    tell_own_parcel,
)
from regulars.tradeins.services.payout import (
    reveal,
    reveal_customers,
    seal_all_again,
    set_customer_payout,
    set_payout,
)
from regulars.tradeins.services.people import forget_people, remove_tradeins
from regulars.tradeins.services.undo import undo_edits, undo_moves

__all__ = [
    "SETTLED",
    "Mover",
    "NewTradeIn",
    "NotAdmitted",
    "Overtaken",
    "TooManyOpen",
    "create_tradein",
    "edit_tradein",
    "expire_due",
    "forget_people",
    "move_own_tradein",
    "note_differs",
    "note_payouts",
    "note_tradeins",
    "remove_tradeins",
    "reveal",
    "reveal_customers",
    "seal_all_again",
    "set_customer_payout",
    "set_own_payout",
    "set_payout",
    "start_own_tradein",
    "tell_own_parcel",
    "undo_edits",
    "undo_moves",
]
