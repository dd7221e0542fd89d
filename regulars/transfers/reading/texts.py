"""The texts of a workbook, which its cells name by number: kept in a file, since there may be millions."""

import os
import tempfile
from array import array
from functools import lru_cache

from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.limits import CELL_LIMIT, TEXTS_LIMIT, size

_HELD = 1024 * 1024
_BLOCK = 64 * 1024


class Texts:
    """A list of texts in the order they were added."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        self._ends = array("I", [0])
        self._held = bytearray()
        self._block, self._block_at = b"", 0
        self.get = lru_cache(maxsize=20_000)(self._get)

    def add(self, text: str) -> None:
        """Append a text. Raises `UnreadableFile` beyond the limits."""
        written = text.encode("utf-8", "replace")
        end = self._ends[-1] + len(written)
        if len(written) > 4 * CELL_LIMIT or end > TEXTS_LIMIT or len(self._ends) > TEXTS_LIMIT // 32:
            raise UnreadableFile(
                _(
                    "The workbook holds more than %(size)s of text, or a text larger than %(size2)s. "
                    "Save the sheet as CSV."
                )
                % {"size": size(TEXTS_LIMIT), "size2": size(CELL_LIMIT)}
            )
        self._ends.append(end)
        self._held += written
        if len(self._held) > _HELD:
            self.finish()

    def finish(self) -> None:
        """Write what is held; to be called after the last `add`."""
        self._file.write(self._held)
        self._file.flush()
        self._held.clear()

    def _get(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise UnreadableFile(
                _("The file is damaged: a cell names a text that is not in the workbook. Save it anew.")
            )
        start, end = self._ends[number], self._ends[number + 1]
        # Cells name texts mostly in the order they were added, so the next ones are at hand.
        if not self._block_at <= start <= end <= self._block_at + len(self._block):
            self._block_at = start
            self._block = os.pread(self._file.fileno(), max(_BLOCK, end - start), start)
        return self._block[start - self._block_at : end - self._block_at].decode()

    def close(self) -> None:
        """Throw the texts away."""
        self._file.close()
