"""Writing the ledger of store credit."""

from regulars.credit.services.actions import add_credit, take_credit
from regulars.credit.services.change import NotEnoughCredit, change_credit, change_many
from regulars.credit.services.paying import pay_with_credit, turn_payment
from regulars.credit.services.people import forget_people, recount_credit, remove_credit
from regulars.credit.services.undo import undo_credit

__all__ = [
    "NotEnoughCredit",
    "add_credit",
    "change_credit",
    "change_many",
    "forget_people",
    "pay_with_credit",
    "recount_credit",
    "remove_credit",
    "take_credit",
    "turn_payment",
    "undo_credit",
]
