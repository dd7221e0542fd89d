"""What we write in any format, we read: the same texts under the same headers."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.transfers.cells import unguard
from regulars.transfers.writing import About, Column, Value, format_named
from tests.transfers.unpacking import cells

COLUMNS = [
    Column(header="email"),
    Column(header="phone"),
    Column(header="birthdate", type="date"),
    Column(header="created", type="moment"),
    Column(header="spent", type="money", places=2),
    Column(header="points", type="number"),
    Column(header="optin", type="yes"),
]
ABOUT = About(
    title="Customers",
    store_name="Shop",
    filter_words="",
    made_at=datetime(2024, 5, 1, tzinfo=UTC),
    made_by="Ana",
    zone="UTC",
    language="en",
    currency="EUR",
)
FORMATS = ("xlsx", "xls", "ods", "jsonl")


def there_and_back(name: str, rows: Sequence[Sequence[Value]]) -> list[list[str]]:
    out = io.BytesIO()
    writer = format_named(name).open(out, COLUMNS, ABOUT)
    writer.write(rows)
    writer.close()
    # The guard before texts that begin like '0 or '=1 is taken off by whoever brings a spreadsheet in.
    read = str if name == "jsonl" else unguard
    return [[read(cell) for cell in row] + [""] * (len(COLUMNS) - len(row)) for row in cells(out.getvalue())]


@pytest.mark.parametrize("name", FORMATS)
def test_typed_values_come_back(name: str) -> None:
    moment = datetime(2024, 2, 29, 8, 30, 5, tzinfo=UTC)
    rows: list[list[Value]] = [
        ["=é@x.fr", "+33612345678", date(1985, 4, 23), moment, Decimal("-12.50"), 1200, True],
        ["0123", "0612 34", date(1900, 3, 1), None, Decimal("0.10"), 0, False],
        ["two\nlines, “quoted” !", "", None, moment, None, None, None],
    ]
    header, *read = there_and_back(name, rows)
    assert header == [column.header for column in COLUMNS]
    for row, (email, phone, born, created, spent, points, optin) in zip(read, rows, strict=True):
        assert row[:2] == [email, phone]
        assert row[2] == (born.isoformat() if isinstance(born, date) else "")
        assert (
            row[3] == "" if created is None else datetime.fromisoformat(row[3]).replace(tzinfo=UTC) == created
        )
        assert (Decimal(row[4]) if row[4] else None) == spent
        assert row[5] == ("" if points is None else str(points))
        assert row[6] == {None: "", True: "yes", False: "no"}[optin if isinstance(optin, bool) else None]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
@example(rows=[("", " "), (" ", "\u00a0"), ("a", " ")])
def test_any_text_comes_back(name: str, rows: list[tuple[str, str]]) -> None:
    _, *read = there_and_back(name, [[first, second, *[None] * 5] for first, second in rows])
    wanted = [[first, second] for first, second in rows if (first + second).strip()]
    assert [row[:2] for row in read] == wanted
