"""Writing points: the only code that changes the ledger."""

from regulars.loyalty.services.change import (
    Changed,
    NotEnoughPoints,
    PointChange,
    change_many,
    change_points,
)
from regulars.loyalty.services.expire import expire_points, mature_points
from regulars.loyalty.services.people import forget_people, recount_points, remove_points
from regulars.loyalty.services.undo import undo_points, void_entry

__all__ = [
    "Changed",
    "NotEnoughPoints",
    "PointChange",
    "change_many",
    "change_points",
    "expire_points",
    "forget_people",
    "mature_points",
    "recount_points",
    "remove_points",
    "undo_points",
    "void_entry",
]
