"""Writing offers: the only code that changes their tables."""

from regulars.offers.services.answering import (
    OfferOver,
    Opened,
    claim_offer,
    claim_own_offer,
    favourite_offer,
    favourite_own_offer,
    language_of,
    open_offer,
    open_own_offer,
)
from regulars.offers.services.codes import add_codes, make_codes
from regulars.offers.services.moving import MOVES, Move, Mover, end_due, undo_creating, undo_moves
from regulars.offers.services.once import Asking, KeyUsedOtherwise
from regulars.offers.services.people import forget_people, recount_grants, remove_offers
from regulars.offers.services.picturing import remove_picture, set_picture
from regulars.offers.services.pins import PinWrong, check_pin, set_settings
from regulars.offers.services.redeeming import CannotRedeem, Looked, look_at, redeem_offer
from regulars.offers.services.saving import create_offer, edit_offer, rename_tier
from regulars.offers.services.sending import preview_sending, preview_whole, send_offer, send_to_audience
from regulars.offers.services.voiding import undo_redemptions, void_redemptions

__all__ = [
    "MOVES",
    "Asking",
    "CannotRedeem",
    "KeyUsedOtherwise",
    "Looked",
    "Move",
    "Mover",
    "OfferOver",
    "Opened",
    "PinWrong",
    "add_codes",
    "check_pin",
    "claim_offer",
    "claim_own_offer",
    "create_offer",
    "edit_offer",
    "end_due",
    "favourite_offer",
    "favourite_own_offer",
    "forget_people",
    "language_of",
    "look_at",
    "make_codes",
    "open_offer",
    "open_own_offer",
    "preview_sending",
    "preview_whole",
    "recount_grants",
    "redeem_offer",
    "remove_offers",
    "remove_picture",
    "rename_tier",
    "send_offer",
    "send_to_audience",
    "set_picture",
    "set_settings",
    "undo_creating",
    "undo_moves",
    "undo_redemptions",
    "void_redemptions",
]
