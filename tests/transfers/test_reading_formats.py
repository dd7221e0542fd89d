"""What a file is, by what it holds."""

import pytest

from regulars.transfers.reading import limits
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.formats import format_of, name_note
from tests.transfers.unpacking import workbook, zipped


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"email,city\na@x.fr,Paris\n", "text"), (b"", "text"), (b"<none>,email\n", "text"),
        (b"{name};email\n", "text"),
        (b"[email],name\n", "text"), (b'{"email": "a@x.fr"}\n', "jsonl"), (b'\xef\xbb\xbf [\n {"email": 1}]', "jsonl"),
        ('{"email": "a@x.fr"}'.encode("utf-16"), "jsonl"), (b"[]", "jsonl"), (b"{", "jsonl"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "xls"), (zipped({"a.csv": "email\n"}), "zip"), (zipped({}), "zip"),
        (zipped({"docProps/app.xml": "", "xl/workbook.xml": "<x/>"}), "xlsx"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "ods"),
    ],
)  # fmt: skip
def test_the_content_says_it(head: bytes, found: str) -> None:
    assert format_of(head, "whatever.pdf") == found


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"%PDF-1.7", "PDF"), (b"\x1f\x8b\x08", "gzip"), (b"\x89PNG\r\n", "picture"),
        (b"SQLite format 3\x00", "database"),
        (b"  <!DOCTYPE html><html>", "web page"), (b"<html xmlns:x='y'><table>", "web page"), (b"<TABLE>", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"), ("<?xml version='1.0'?>".encode("utf-16"), "XML"),
        (b"BEGIN:VCARD\r\n", "vCard"), (b"{\\rtf1", "RTF"), (zipped({"word/document.xml": ""}), "Word"),
        (zipped({"Index/Document.iwa": ""}), "Numbers"), (zipped({"xl/workbook.bin": ""}), "xlsb"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage\x00".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument\x00".encode("utf-16-le"), "Word"),
    ],
)  # fmt: skip
def test_what_holds_no_table_is_named(head: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word) as refused:
        format_of(head, "customers.xls")
    assert refused.value.sentence.endswith(".")


def test_a_wrong_ending_is_said_and_a_right_one_is_not() -> None:
    assert ".xlsx" in name_note("text", "customers.XLSX")
    assert name_note("text", "customers.csv") == name_note("text", "customers") == ""
    assert name_note("xlsx", "customers.xlsm") == ""
    assert format_of(workbook([["a"]]), "customers.csv") == "xlsx"


def test_the_limits_are_said(settings: object) -> None:
    settings.IMPORT_MAX_BYTES = 50 * limits.MEGABYTE  # type: ignore[attr-defined]
    said = " ".join(limits.said())
    for figure in ("50 MB", "2 GB", "1,000 columns", "1,048,576", "24 MB", "password"):
        assert figure in said
