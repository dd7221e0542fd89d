"""How much of a file is read, all in one place, so that the limits can be said before a file is brought."""

from django.conf import settings
from django.utils.translation import gettext as _

MEGABYTE = 1024**2

COLUMN_LIMIT = 1000
CELL_LIMIT = 1 * MEGABYTE
LINE_LIMIT = 4 * MEGABYTE
REPAIR_LIMIT = 100

# The rows of one sheet: what Excel and LibreOffice hold.
ROW_LIMIT = 1_048_576
SHEET_LIMIT = 200
# A million rows of twelve columns are about 700 MB of XML.
UNPACKED_LIMIT = 2 * 1024 * MEGABYTE
# Sheets shrink to a tenth, at the very best to a sixtieth; zeros, of which bombs are made, to a thousandth.
RATIO_LIMIT = 250
RATIO_FROM = 16 * MEGABYTE
MEMBER_LIMIT = 2000
DIRECTORY_LIMIT = 1 * MEGABYTE
# Parts of a workbook that are held in memory: its list of sheets, its number formats.
PART_LIMIT = 32 * MEGABYTE
# The texts of a workbook, kept in a file beside.
TEXTS_LIMIT = 1024 * MEGABYTE
# What is written for the import to read.
TABLE_LIMIT = 2 * 1024 * MEGABYTE
# The older Excel format can only be read whole, and needs ten times as much memory.
XLS_LIMIT = 24 * MEGABYTE
# XML: how many names there are, how long one tag is, how many entries a list of sheets or formats has.
NAME_LIMIT = 5000
TAG_LIMIT = 4 * MEGABYTE
ENTRY_LIMIT = 200_000


def said() -> list[str]:
    """The limits in words, to be shown before a file is chosen."""
    return [
        _("At most %(size)s a file, %(size2)s once it is unpacked.")
        % {"size": size(settings.IMPORT_MAX_BYTES), "size2": size(UNPACKED_LIMIT)},
        _(
            "At most %(column_limit)s columns and %(size)s a cell; any number of rows in a text "
            "file, %(row_limit)s in a sheet."
        )
        % {"column_limit": f"{COLUMN_LIMIT:,}", "size": size(CELL_LIMIT), "row_limit": f"{ROW_LIMIT:,}"},
        _("An .xls of the older Excel: at most %(size)s. Save a larger one as .xlsx.")
        % {"size": size(XLS_LIMIT)},
        _("A zip holds exactly one file. Nothing that asks for a password can be read."),
        _("Of formulas the stored results are read. Macros and links to other files are never followed."),
    ]


def size(number: int) -> str:
    """A size in the unit that people say it in."""
    if number >= 1024 * MEGABYTE:
        return f"{number / (1024 * MEGABYTE):.3g} GB"
    if number >= MEGABYTE:
        return f"{number / MEGABYTE:.3g} MB"
    return f"{max(1, number // 1024)} kB"
