"""Writing points: the only code that changes the ledger."""

from regulars.loyalty.services.adjust import CapReached, adjust_points, admit_points, expiry, preview_points
from regulars.loyalty.services.change import (
    Changed,
    NotEnoughPoints,
    PointChange,
    change_many,
    change_points,
)
from regulars.loyalty.services.expire import expire_points, mature_points
from regulars.loyalty.services.people import forget_people, recount_points, remove_points
from regulars.loyalty.services.programme import edit_programme
from regulars.loyalty.services.transfer import transfer_points
from regulars.loyalty.services.undo import undo_points, void_entry, void_points

__all__ = [
    "CapReached",
    "Changed",
    "NotEnoughPoints",
    "PointChange",
    "adjust_points",
    "admit_points",
    "change_many",
    "change_points",
    "edit_programme",
    "expire_points",
    "expiry",
    "forget_people",
    "mature_points",
    "preview_points",
    "recount_points",
    "remove_points",
    "transfer_points",
    "undo_points",
    "void_entry",
    "void_points",
]
