"""Questions that the database gave up on."""

from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from regulars.kit.errors import TooSlow


def was_given_up(error: BaseException) -> bool:
    """Did the database end a statement before it had an answer?

    Its words do not tell: when the time runs out just as the statement ends, it says that a user asked for it.
    """
    return isinstance(error.__cause__, QueryCanceled)


def too_slow(error: BaseException) -> TooSlow | None:
    """The refusal when the database ended a statement because it took too long; nothing for any other error."""
    if not was_given_up(error):
        return None
    return TooSlow(_("This takes too long to find out. Narrow it down, then try again."))
