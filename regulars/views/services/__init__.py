"""Saving, changing, sharing, deleting and pinning views."""

from regulars.views.services.erase import forget_people
from regulars.views.services.save import (
    NameTaken,
    TooManyViews,
    ViewChanged,
    change_view,
    copy_view,
    remove_view,
    rewrite_view,
    save_view,
)
from regulars.views.services.taste import move_pin, open_first, pin_view
from regulars.views.services.undo import restore_views

__all__ = [
    "NameTaken",
    "TooManyViews",
    "ViewChanged",
    "change_view",
    "copy_view",
    "forget_people",
    "move_pin",
    "open_first",
    "pin_view",
    "remove_view",
    "restore_views",
    "rewrite_view",
    "save_view",
]
