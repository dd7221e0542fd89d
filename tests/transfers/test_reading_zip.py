"""Zip files, and what hides in them."""

import io
import struct
import zipfile

import pytest

from regulars.transfers.reading import archive, limits
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.unpack import unpack
from tests.transfers.unpacking import read, workbook, zipped

CSV = b"email;city\r\n\xe9@x.fr;Paris\r\n"


def test_a_text_file_within_is_handed_on_as_it_is() -> None:
    raw = zipped(
        {"export/people.csv": CSV, "__MACOSX/export/._people.csv": "x", "export/.DS_Store": "x", "empty/": ""}
    )
    out = io.BytesIO()
    unpacked = unpack(io.BytesIO(raw), format="zip", filename="people.zip", out=out)
    assert (unpacked.format, unpacked.notes, out.getvalue()) == ("text", (), CSV)


def test_a_workbook_within_is_read_as_one() -> None:
    raw = zipped({"people.csv": workbook([["email"], ["a@x.fr"]])})
    unpacked, records = read(raw, "people.zip")
    assert unpacked.format == "xlsx"
    assert [one.cells for one in records] == [["email"], ["a@x.fr"]]
    assert len(unpacked.notes) == 1


def test_names_are_never_paths() -> None:
    out = io.BytesIO()
    unpack(io.BytesIO(zipped({"../../../etc/people.csv": CSV})), format="zip", filename="a.zip", out=out)
    assert out.getvalue() == CSV
    with pytest.raises(UnreadableFile) as refused:
        read(zipped({"../a\n\x1b[31m.csv": CSV, "C:\\b.csv": CSV}))
    assert "“a [31m.csv”, “b.csv”" in refused.value.sentence


def with_flag(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    at = changed.index(b"PK\x01\x02")
    changed[at + 8] |= bit
    changed[6] |= bit
    return bytes(changed)


def bomb(length: int) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as into, into.open("a.csv", "w") as member:
        for _ in range(length // limits.MEGABYTE):
            member.write(bytes(limits.MEGABYTE))
    return kept.getvalue()


def lying(declared: int) -> bytes:
    """A zip whose directory says another size than there is."""
    changed = bytearray(zipped({"a.csv": CSV * 100}))
    struct.pack_into("<I", changed, changed.index(b"PK\x01\x02") + 24, declared)
    return bytes(changed)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (zipped({}), "no file"),
        (zipped({"__MACOSX/._a.csv": "x"}), "no file"),
        (zipped({f"{number}.csv": CSV for number in range(9)}), "9 files"),
        (zipped({"a.zip": zipped({"b.csv": CSV})}), "another zip"),
        (zipped({"a.pdf": b"%PDF-1.7"}), "PDF"),
        (with_flag(zipped({"a.csv": CSV}), 1), "password"),
        (bomb(20 * limits.MEGABYTE), "would grow"),
        (lying(10**9), "would grow"),
        (zipped({"a.csv": CSV})[:-30], "damaged"),
        (zipped({"a.csv": CSV * 9})[:40] + zipped({"a.csv": CSV * 9})[44:], "damaged"),
        (zipped({f"{number}.csv": "" for number in range(limits.MEMBER_LIMIT + 1)}), "2,001 files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_and_hostile_files_end_in_words(raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word) as refused:
        read(raw)
    assert refused.value.sentence.endswith(".")


def test_a_directory_of_any_length_is_not_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = bytearray(zipped({"a.csv": CSV}))
    struct.pack_into("<I", raw, len(raw) - 10, limits.DIRECTORY_LIMIT + 1)
    opened: list[object] = []
    monkeypatch.setattr(archive.zipfile, "ZipFile", opened.append)
    with pytest.raises(UnreadableFile, match="too many files"):
        read(bytes(raw))
    assert opened == []


def test_what_is_larger_than_declared_is_not_unpacked(settings: object) -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        read(lying(10))
    settings.IMPORT_MAX_BYTES = 100  # type: ignore[attr-defined]
    with pytest.raises(UnreadableFile, match="Unpacked"):
        read(zipped({"a.csv": CSV * 100}))
