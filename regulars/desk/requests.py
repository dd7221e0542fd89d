"""What a view behind `staff` knows of its request."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotAllowed
from regulars.staff import queries as staff_queries
from regulars.staff.queries import User
from regulars.stores.queries import Store
from regulars.views.queries import View


class StaffRequest(HttpRequest):
    """A request of somebody who works for the store of the page."""

    user: User
    store: Store
    actor: Actor
    # The saved views that were asked for so far, and of which list; see `desk.views.opening`.
    views: tuple[str, list[View]]


class MissingPermission(NotAllowed):
    """The role does not include the permission; the page says who can do it."""

    def __init__(self, permission: str) -> None:
        label = staff_queries.label_of(permission=permission)
        super().__init__(_("Your role in this store does not include: %(what)s.") % {"what": label})
        self.permission = permission
