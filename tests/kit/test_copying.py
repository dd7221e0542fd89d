"""Rows written with COPY come back as they were, whatever they hold."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.copying import array_of, copy_rows

# What a text column can hold: no NUL, no half surrogate.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@pytest.mark.django_db
@given(
    rows=st.lists(
        st.tuples(st.none() | texts | st.just("\\N"), st.lists(texts, max_size=3), st.none() | st.booleans()),
        max_size=5,
    ),
    same=texts,
)
def test_rows_come_back_as_they_were(
    rows: list[tuple[str | None, list[str], bool | None]], same: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied (n serial, same text, one text, many text[], sure boolean)")
        copy_rows(table="copied", columns=("one", "many", "sure"), rows=rows, same={"same": same})
        cursor.execute("SELECT same, one, many, sure FROM copied ORDER BY n")
        found = cursor.fetchall()
        cursor.execute("DROP TABLE copied")
    assert found == [(same, *row) for row in rows]


@pytest.mark.django_db
@given(st.lists(texts, max_size=5))
def test_an_array_comes_back_as_it_was(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array_of(values)])
        assert cursor.fetchone() == (values,)
