"""Opening a zip file of a stranger: its directory, sizes and names are looked at before anything is unpacked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.limits import (
    DIRECTORY_LIMIT,
    MEMBER_LIMIT,
    RATIO_FROM,
    RATIO_LIMIT,
    UNPACKED_LIMIT,
    size,
)

_DAMAGED = gettext_noop(
    "The file is damaged or broken off: {why}. Bring it again; if it stays so, open it where it was made and save it "
    "anew."
)
_END, _END_64, _FINDER_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_READING = (zipfile.BadZipFile, zlib.error, EOFError, struct.error)
# Places and versions in a directory may be anything.
_OPENING = (*_READING, NotImplementedError, ValueError, OSError)
_ENCRYPTED = 0x1
_UNSET = 0xFFFFFFFF


class Archive:
    """A zip file within the limits. Names are only compared, never used as paths."""

    def __init__(self, source: IO[bytes]) -> None:
        """Look the directory over. Raises `UnreadableFile`."""
        if _directory_size(source) > DIRECTORY_LIMIT:
            raise UnreadableFile(
                _("The zip file holds too many files; at most %(member_limit)s are looked at.")
                % {"member_limit": f"{MEMBER_LIMIT:,}"}
            )
        with _in_words(_OPENING):
            self._zip = zipfile.ZipFile(source)
        self._members = [member for member in self._zip.infolist() if not member.is_dir()]
        self._by_name = {_plain(member.filename): member for member in reversed(self._members)}
        if len(self._members) > MEMBER_LIMIT:
            raise UnreadableFile(
                _("The zip file holds %(count)s files; at most %(member_limit)s are looked at.")
                % {"count": f"{len(self._members):,}", "member_limit": f"{MEMBER_LIMIT:,}"}
            )
        for member in self._members:
            _refuse_bomb(member)
        if (total := sum(member.file_size for member in self._members)) > UNPACKED_LIMIT:
            raise UnreadableFile(
                _("Unpacked, the file would be %(size)s; at most %(size2)s can be read. Split it into parts.")
                % {"size": size(total), "size2": size(UNPACKED_LIMIT)}
            )

    @property
    def names(self) -> list[str]:
        """The names of the files within, as they are written there."""
        return [member.filename for member in self._members]

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._by_name

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of one file. Raises `UnreadableFile` when it is not there, encrypted or damaged."""
        member = self._by_name.get(_plain(name))
        if member is None:
            raise UnreadableFile(
                _(_DAMAGED).format(why=_("%(shown)s is missing in it") % {"shown": shown(name)})
            )
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableFile(
                _("The zip file asks for a password. Unpack it and bring the file that is in it.")
            )
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile(
                _("The zip file is compressed in an unusual way. Unpack it and bring the file that is in it.")
            )
        with _in_words(_OPENING):
            opened = self._zip.open(member)
        with _in_words(_READING), opened:
            yield opened

    def read(self, name: str, limit: int) -> bytes:
        """A small part as a whole; beyond the limit it is refused."""
        with self.open(name) as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise UnreadableFile(
                _("The file is not taken: %(shown)s in it is larger than %(size)s.")
                % {"shown": shown(name), "size": size(limit)}
            )
        return content


@contextmanager
def _in_words(stumbles: tuple[type[Exception], ...]) -> Iterator[None]:
    try:
        yield
    except stumbles as error:
        raise UnreadableFile(_(_DAMAGED).format(why=_("its zip container does not hold together"))) from error


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_bomb(member: zipfile.ZipInfo) -> None:
    if member.file_size > RATIO_FROM and member.file_size > RATIO_LIMIT * max(member.compress_size, 1):
        raise UnreadableFile(
            _(
                "The file is not taken: %(shown)s in it would grow from %(size)s to %(size2)s when "
                "unpacked, as only files made for attacks do. If it is not one, save the table as "
                "CSV."
            )
            % {
                "shown": shown(member.filename),
                "size": size(member.compress_size),
                "size2": size(member.file_size),
            }
        )


def _directory_size(source: IO[bytes]) -> int:
    """How large the list of members is: Python's reader would take in a list of any length."""
    source.seek(0, 2)
    source.seek(max(0, source.tell() - 66_000))
    tail = source.read()
    source.seek(0)
    end = tail.rfind(_END)
    if end < 0 or end + 22 > len(tail):
        raise UnreadableFile(_(_DAMAGED).format(why=_("its end is missing")))
    directory: int = struct.unpack_from("<I", tail, end + 12)[0]
    large = tail.rfind(_END_64, 0, end)
    if directory == _UNSET and large >= 0 and large + 48 <= len(tail):
        directory = struct.unpack_from("<Q", tail, large + 40)[0]
    return directory
