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
from regulars.loyalty.services.earn import earn_orders, settle_orders
from regulars.loyalty.services.expire import expire_points, mature_points
from regulars.loyalty.services.keeping import TierInUse, remove_tier, save_rule, save_tier, switch_rule
from regulars.loyalty.services.mails import preview_summary, send_summaries, warn_of_expiry
from regulars.loyalty.services.occasions import give_birthdays, welcome
from regulars.loyalty.services.people import forget_people, recount_points, remove_points
from regulars.loyalty.services.place import place_all, place_members
from regulars.loyalty.services.programme import PointsOff, edit_programme, running_programme
from regulars.loyalty.services.transfer import transfer_points
from regulars.loyalty.services.undo import undo_points, void_entry, void_points

__all__ = [
    "CapReached",
    "Changed",
    "NotEnoughPoints",
    "PointChange",
    "PointsOff",
    "TierInUse",
    "adjust_points",
    "admit_points",
    "change_many",
    "change_points",
    "earn_orders",
    "edit_programme",
    "expire_points",
    "expiry",
    "forget_people",
    "give_birthdays",
    "mature_points",
    "place_all",
    "place_members",
    "preview_points",
    "preview_summary",
    "put_points_right",
    "recount_points",
    "remove_points",
    "remove_tier",
    "running_programme",
    "save_rule",
    "save_tier",
    "send_summaries",
    "settle_orders",
    "switch_rule",
    "transfer_points",
    "undo_points",
    "void_entry",
    "void_points",
    "warn_of_expiry",
    "welcome",
]
