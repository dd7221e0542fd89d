"""Finding out how a file is written: delimiter, quotes, encoding, header."""

import pytest

from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.mapping import Headers
from regulars.transfers.reading.detect import Detected, detect
from regulars.transfers.reading.encoding import Evidence
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.services.readers import importer_of
from tests.factories import NOW

ROWS = [["email", "first name", "city"], ["a@x.fr", "Zoé", "Nîmes"], ["b@x.fr", "Élodie", "Besançon"]]


def look(raw: bytes) -> Detected:
    evidence = Evidence()
    evidence.feed(raw)
    resource = get_resource("customers")
    context = Context(store=Store(slug="s", country="FR"), actor=system("Tests"), now=NOW)
    return detect(
        evidence.head, evidence.encoding(), Headers(resource, importer_of(resource), context).is_known
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_finds_the_delimiter(delimiter: str) -> None:
    found = look("\n".join(delimiter.join(row) for row in ROWS).encode())
    assert found.layout.delimiter == delimiter
    assert found.header == ROWS[0]


@pytest.mark.parametrize(
    ("encoding", "row"),
    [
        ("utf-8", "Zoé;Nîmes"), ("utf-8-sig", "Zoé;Nîmes"), ("utf-16", "Zoé;Nîmes"), ("utf-16-le", "Zoé;Nîmes"),
        ("cp1252", "Zoé;Nîmes – l’été"), ("latin-1", "Zoé;Nîmes"), ("mac_roman", "Zoé;Besançon l’été"),
        ("cp1250", "Łukasz;Gdańsk źródło żółć"), ("cp1254", "Yağız;Yılmaz Şişli"), ("cp932", "田中太郎;東京都新宿区"),
        ("euc_kr", "김철수;서울특별시"),
        ("gb18030", "王小明;北京市海淀区"), ("cp1251", "Алексей;Москва"),
    ],
)  # fmt: skip
def test_finds_the_encoding(encoding: str, row: str) -> None:
    text = "first name;city;email\r\n" + "".join(f"{row};p{number}@example.com\r\n" for number in range(20))
    found = look(text.encode(encoding))
    assert found.sample[0].cells[:2] == row.split(";")


def test_an_accent_after_a_million_bytes_still_decides() -> None:
    evidence = Evidence()
    evidence.feed(b"email,city\n" + b"a@example.com,Paris\n" * 60_000)
    evidence.feed("b@example.com,Nîmes\nc@example.com,Besançon\n".encode("cp1252"))
    assert evidence.encoding() == "cp1252"


def test_a_few_broken_rows_leave_a_utf8_file_utf8() -> None:
    evidence = Evidence()
    evidence.feed(b"email,city\n" + "a@example.com,Nîmes é à\n".encode() * 50 + b"b@example.com,N\xeemes\n")
    assert evidence.encoding() == "utf-8"


@pytest.mark.parametrize(
    "above", ["Customers of May\n\n", "sep=;\n", '"sep=;"\r\n', "Report;;\nmade by;a till;\n;;\n", "\n\n\n"]
)
def test_finds_the_header_below_what_stands_above_it(above: str) -> None:
    found = look((above + "\n".join(";".join(row) for row in ROWS)).encode())
    assert found.header == ROWS[0]
    assert found.sample[0].cells == ROWS[1]


def test_backslash_and_single_quotes() -> None:
    found = look(b'email,first name,note\na@x.fr,"Bob \\"Bo\\" B","x, y"\nb@x.fr,"A","z"\n')
    assert found.sample[0].cells == ["a@x.fr", 'Bob "Bo" B', "x, y"]
    found = look(b"'email','first name'\n'a@x.fr','Bob, B'\n'b@x.fr','C'\n")
    assert found.sample[0].cells == ["a@x.fr", "Bob, B"]


def test_semicolons_within_cells_do_not_win() -> None:
    found = look(b"email,first name,tags\na@x.fr,A,x; y; z\nb@x.fr,B,u; v; w\n")
    assert found.layout.delimiter == ","


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"), (b"  \n\n", "empty"), (b"email,city\n", "no rows"),
        (b"email," * 1001 + b"\n1\n", "columns"),
    ],
)  # fmt: skip
def test_says_why_a_file_cannot_be_taken(raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        look(raw)


def test_columns_parted_by_runs_of_spaces() -> None:
    found = look(b" email  phone number_of_cds\r\n a@x.fr   0612  1  \r\n b@x.fr 0613     11\r\n")
    assert found.layout.delimiter == " "
    assert found.header == ["email", "phone", "number_of_cds"]
    assert [row.cells[:3] for row in found.sample] == [["a@x.fr", "0612", "1"], ["b@x.fr", "0613", "11"]]


@pytest.mark.parametrize(
    "text",
    [
        "name\nAda Martin\nBea King\n",
        "full first name\nAda Maria Martin\nBea B King\n",
        "a b c\nd  e f\n1 2 3, 4\n",
    ],
)
def test_words_are_no_columns(text: str) -> None:
    assert look(text.encode()).layout.delimiter != " "
