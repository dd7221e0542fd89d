"""JSON lines and lists of objects."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.jsonrows import JsonRows
from tests.transfers.unpacking import cells, read


def test_names_of_all_lines_become_the_header() -> None:
    raw = b'{"email": "a@x.fr", "address": {"city": "N\\u00eemes", "geo": {"lat": 1.50}}}\n\n'
    raw += b'{"email": "b@x.fr", "phone": 33612345678}\n'
    unpacked, records = read(raw, "people.json")
    assert [(one.line, one.cells) for one in records] == [
        (0, ["email", "address.city", "address.geo.lat", "phone"]),
        (1, ["a@x.fr", "Nîmes", "1.50", ""]),
        (3, ["b@x.fr", "", "", "33612345678"]),
    ]
    assert (unpacked.format, unpacked.rows, unpacked.sheets, unpacked.notes) == ("jsonl", 3, (), ())


def test_values_stay_as_they_are_written() -> None:
    raw = b'{"n": 12345678901234567890.10, "e": 1E3, "yes": true, "no": false, "nothing": null, '
    raw += b'"tags": ["a", 2, null, true], "orders": [{"id": 1}], "none": {}, "q": "a \\"b\\"\\n"}'
    (_, row) = cells(raw)
    assert row == [
        "12345678901234567890.10",
        "1E3",
        "yes",
        "no",
        "",
        "a, 2, , yes",
        '[{"id": "1"}]',
        'a "b"\n',
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_count_their_objects(encoding: str, indent: int | None) -> None:
    raw = json.dumps([{"email": "é@x.fr"}, {"email": "b@x.fr"}], indent=indent, ensure_ascii=False).encode(
        encoding
    )
    _, records = read(raw)
    assert [(one.line, one.cells) for one in records] == [(0, ["email"]), (1, ["é@x.fr"]), (2, ["b@x.fr"])]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b'{"a": 1}\n{"a": 2,}\n', "Line 2 is not JSON"),
        (b'{"a": 1}\n{"a": "\n', "Line 2 is not JSON"),
        (b'{"a": 1}\n[1]\n', "line 2 is no object"),
        (b'[["a"], ["b"]]', "line 1 is no object"),
        (b'{"a": 1}\n{"a": "\xff"}', "Line 2 holds bytes that are no UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "nested|JSON"),
        (b'{"customers": [{"a": 1}, {"a": 2}]}', "“customers”"),
        (b'{"a": "' + b"x" * 9_000_000, "larger than 4 MB|not JSON"),
        (json.dumps({f"n{number}": 1 for number in range(1001)}).encode(), "1,000 names"),
        (b"[]", "no objects"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_of_objects_ends_in_words(raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word) as refused:
        read(raw)
    assert refused.value.sentence.endswith(".")


def test_a_long_file_is_read_piece_by_piece() -> None:
    class Counting(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.most = max(self.most, size if size >= 0 else 10**9)
            return super().read(size)

    lines = b"".join(
        b'{"email": "p%d@x.fr", "note": "%s"}\n' % (number, b"x" * 500) for number in range(3000)
    )
    source = Counting(lines)
    assert sum(1 for _ in JsonRows(source).rows()) == 3001
    assert source.most <= 256 * 1024


VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.decimals(0, 9, places=3).map(float),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.text("abc.é ", min_size=1, max_size=4), VALUES, min_size=1), min_size=1, max_size=6
    ),
    st.booleans(),
)
def test_any_objects_read_back(objects: list[dict[str, object]], listed: bool) -> None:
    raw = (json.dumps(objects) if listed else "\n".join(json.dumps(one) for one in objects)).encode()
    header, *rows = cells(raw)
    texts = [{name: text for name, text in zip(header, row, strict=True) if text} for row in rows]
    wanted = []
    for one in objects:
        written = {
            name: (("yes" if value else "no") if isinstance(value, bool) else str(value))
            for name, value in one.items()
        }
        if any(text and not text.isspace() for text in written.values()):
            wanted.append(
                {name: text.encode("utf-8", "replace").decode() for name, text in written.items() if text}
            )
    assert texts == wanted
