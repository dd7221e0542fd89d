"""Questions that the database gave up on."""

from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from regulars.kit.errors import TooSlow


def too_slow(error: BaseException) -> TooSlow | None:
    """The refusal when the database ended a statement because it took too long; nothing for any other error."""
    if not isinstance(error.__cause__, QueryCanceled):
        return None
    return TooSlow(_("This takes too long to find out. Narrow it down, then try again."))
