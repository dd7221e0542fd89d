"""Writing points: the only code that changes the ledger."""

from regulars.loyalty.services.adjust import CapReached, adjust_points, admit_points, expiry, preview_points
from regulars.loyalty.services.change import (
    Changed,
    NotEnoughPoints,
    PointChange,
    change_many,
    change_points,
)
from regulars.loyalty.services.check import put_points_right
from regulars.loyalty.services.expire import expire_points, mature_points
from regulars.loyalty.services.people import forget_people, recount_points, remove_points
from regulars.loyalty.services.programme import PointsOff, edit_programme, running_programme
from regulars.loyalty.services.transfer import transfer_points
from regulars.loyalty.services.undo import undo_points, void_entry, void_points

__all__ = [
    "CapReached",
    "Changed",
    "NotEnoughPoints",
    "PointChange",
    "PointsOff",
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
    "put_points_right",
    "recount_points",
    "remove_points",
    "running_programme",
    "transfer_points",
    "undo_points",
    "void_entry",
    "void_points",
]
