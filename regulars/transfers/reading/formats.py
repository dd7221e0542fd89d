"""Which format a file has, by what it holds: its name is only asked when it says something else."""

import codecs
import re
import struct
from pathlib import PurePath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.transfers.reading.errors import UnreadableFile, shown

TEXT, XLSX, XLS, ODS, JSONL, ZIP = "text", "xlsx", "xls", "ods", "jsonl", "zip"
LABELS = {
    TEXT: gettext_noop("delimited text (CSV)"),
    XLSX: gettext_noop("an Excel workbook (.xlsx)"),
    XLS: gettext_noop("a workbook of the older Excel (.xls)"),
    ODS: gettext_noop("an OpenDocument spreadsheet (.ods)"),
    JSONL: "JSON",
    ZIP: gettext_noop("a zip file"),
}
_ENDINGS = {
    TEXT: {".csv", ".tsv", ".txt", ".tab", ".dat", ".psv"},
    XLSX: {".xlsx", ".xlsm", ".xltx", ".xltm"},
    XLS: {".xls", ".xlt"},
    ODS: {".ods", ".ots"},
    JSONL: {".jsonl", ".json", ".ndjson", ".txt"},
    ZIP: {".zip"},
}
_BRING = gettext_noop("Save it as CSV (comma-separated, UTF-8) or .xlsx and bring that file.")
ENCRYPTED = gettext_noop(
    "The workbook asks for a password. Open it, take the password off (File ▸ Info ▸ Protect Workbook), save it "
    "and bring it again."
)
_NO_TABLES = (
    (b"%PDF", gettext_noop("This is a PDF.")),
    (b"\x1f\x8b", gettext_noop("This is a compressed file (gzip). Unpack it first.")),
    (b"BZh", gettext_noop("This is a compressed file (bzip2). Unpack it first.")),
    (b"\xfd7zXZ\x00", gettext_noop("This is a compressed file (xz). Unpack it first.")),
    (b"\x28\xb5\x2f\xfd", gettext_noop("This is a compressed file (zstd). Unpack it first.")),
    (b"7z\xbc\xaf\x27\x1c", gettext_noop("This is a 7z archive. Unpack it first.")),
    (b"Rar!\x1a\x07", gettext_noop("This is a rar archive. Unpack it first.")),
    (b"\x89PNG", gettext_noop("This is a picture.")),
    (b"\xff\xd8\xff", gettext_noop("This is a picture.")),
    (b"GIF8", gettext_noop("This is a picture.")),
    (b"SQLite format 3\x00", gettext_noop("This is a database (SQLite).")),
    (b"PAR1", gettext_noop("This is a Parquet file.")),
    (b"{\\rtf", gettext_noop("This is a text document (RTF).")),
)
_DOCUMENTS = (
    ("word/document.xml", gettext_noop("This is a Word document.")),
    ("ppt/presentation.xml", gettext_noop("This is a PowerPoint presentation.")),
    ("Index/Document.iwa", gettext_noop("This is a document of Apple's Numbers, Pages or Keynote.")),
    ("xl/workbook.bin", gettext_noop("This is a binary Excel workbook (.xlsb).")),
)
_ODF = b"application/vnd.oasis.opendocument."
# Workbooks of Excel 2 to 5, without the container of later ones.
_BARE_XLS = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP = (
    (
        re.compile(r"<(!doctype\s+html|html|head|body|table|meta|div)[\s>]", re.IGNORECASE),
        gettext_noop("This is a web page (HTML)"),
    ),
    (
        re.compile(r"<\?xml|<!doctype|<[a-z]+:?[a-z]*\s+xmlns", re.IGNORECASE),
        gettext_noop("This is an XML file"),
    ),
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), gettext_noop("These are address cards (vCard)")),
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), gettext_noop("This is a calendar")),
)
_JSON = re.compile(r"\[\s*(?:[\[{\]]|$)|\{\s*(?:\"|\}|$)")


def format_of(head: bytes, filename: str) -> str:
    """The format of a file by its first bytes. Raises `UnreadableFile` for anything that holds no table."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(head)
    if head.startswith(_BARE_XLS):
        return XLS
    for magic, what in _NO_TABLES:
        if head.startswith(magic):
            raise UnreadableFile(
                _("%(what)s%(called)s %(bring)s")
                % {"what": _(what), "called": _called(filename), "bring": _(_BRING)}
            )
    start = _as_text(head)
    for pattern, what in _MARKUP:
        if pattern.match(start):
            raise UnreadableFile(
                _("%(what)s.%(called)s Open it in a spreadsheet or address book. %(bring)s")
                % {"what": _(what), "called": _called(filename), "bring": _(_BRING)}
            )
    return JSONL if _JSON.match(start) else TEXT


def name_note(format: str, filename: str) -> str:
    """What to tell somebody whose file is not what its name says; nothing when name and content agree."""
    ending = PurePath(filename).suffix.lower()
    if ending in _ENDINGS[format] or not any(ending in endings for endings in _ENDINGS.values()):
        return ""
    return _("The file is called %(shown)s but is %(labels)s; it was read as that.") % {
        "shown": shown(ending),
        "labels": _(LABELS[format]),
    }


def format_of_members(names: set[str]) -> str:
    """The format of a zip file by the names within. Raises `UnreadableFile` for other documents."""
    for within, what in _DOCUMENTS:
        if within in names:
            raise UnreadableFile(_("%(what)s %(bring)s") % {"what": _(what), "bring": _(_BRING)})
    if "xl/workbook.xml" in names:
        return XLSX
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return ODS
    return XLSX if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names) else ZIP


def _zipped(head: bytes) -> str:
    """What a zip file is, by the names of the members that begin within its first bytes."""
    names = set()
    at = head.find(b"PK\x03\x04")
    while 0 <= at <= len(head) - 30:
        length, extra = struct.unpack_from("<HH", head, at + 26)
        names.add(head[at + 30 : at + 30 + length].decode("utf-8", "replace").replace("\\", "/"))
        kind = head[at + 30 + length + extra : at + 130 + length + extra]
        if head[at + 30 : at + 30 + length] == b"mimetype" and kind.startswith(_ODF):
            if kind.startswith(_ODF + b"spreadsheet"):
                return ODS
            raise UnreadableFile(
                _("This is an OpenDocument file, but not a spreadsheet. %(bring)s") % {"bring": _(_BRING)}
            )
        at = head.find(b"PK\x03\x04", at + 30)
    return format_of_members(names)


def _compound(head: bytes) -> str:
    """What a file in Microsoft's container is, by the names of its streams among the first bytes."""
    if is_encrypted(head):
        raise UnreadableFile(_(ENCRYPTED))
    if _stream("Workbook") in head or _stream("Book") in head:
        return XLS
    for name, what in (
        ("WordDocument", gettext_noop("a Word document")),
        ("PowerPoint Document", gettext_noop("a presentation")),
    ):
        if _stream(name) in head:
            raise UnreadableFile(
                _("This is %(what)s of the older Office. %(bring)s") % {"what": _(what), "bring": _(_BRING)}
            )
    return XLS


def is_encrypted(content: bytes) -> bool:
    """True for a newer workbook that is wrapped into an encrypted container."""
    return _stream("EncryptedPackage") in content


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\x00\x00"


def encoding_by_mark(head: bytes) -> str:
    """The encoding that the first bytes declare, if they do."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")


def _as_text(head: bytes) -> str:
    if encoding := encoding_by_mark(head):
        return head[:4096].decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    return head[:4096].replace(b"\x00", b"").decode("latin-1").lstrip()


def _called(filename: str) -> str:
    """Names the ending when it promises a table."""
    ending = PurePath(filename).suffix.lower()
    promised = any(ending in endings for endings in _ENDINGS.values())
    return (
        _(" Its name ends in %(ending)s, but what it holds is something else.") % {"ending": ending}
        if promised
        else ""
    )
