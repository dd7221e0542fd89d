"""Writing trade-ins, and how customers are paid."""

from regulars.tradeins.services.create import NewTradeIn, NotAdmitted, create_tradein
from regulars.tradeins.services.edit import Overtaken, edit_tradein
from regulars.tradeins.services.expire import expire_due
from regulars.tradeins.services.moving import Mover
from regulars.tradeins.services.notes import SETTLED, note_differs, note_payouts, note_tradeins
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
    "create_tradein",
    "edit_tradein",
    "expire_due",
    "forget_people",
    "note_differs",
    "note_payouts",
    "note_tradeins",
    "remove_tradeins",
    "reveal",
    "reveal_customers",
    "seal_all_again",
    "set_customer_payout",
    "set_payout",
    "undo_edits",
    "undo_moves",
]
