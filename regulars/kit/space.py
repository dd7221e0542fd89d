"""Writes that found the disk full."""

from errno import EDQUOT, ENOSPC

from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

from regulars.kit.errors import NoSpace


def no_space(error: BaseException) -> NoSpace | None:
    """The refusal when a file or the database could not grow any more; nothing for any other error."""
    full = isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT)
    if not full and not isinstance(error.__cause__, DiskFull):
        return None
    return NoSpace(_("The disk of this install is full. Make room there, then try again."))
