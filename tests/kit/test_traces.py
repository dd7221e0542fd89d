"""Finding people in texts: nothing of them stays, and as little as possible of anything else goes."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.traces import TAKEN_OUT, Traces, words_of

ZEB = Traces(
    emails=["Zeb.Q+shop@Exämple.com"],
    phones=["+33612345678", "06 99 88 77 66"],
    names=["Zebulon", "Al", "李小", "Réné"],
    texts=["Zebulon Quartermaine", "Al Bo", "17", "12 rue des Lilas", "王伟"],
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("write to zeb.q+SHOP@exämple.com!", "write to …!"),
        ("ZEBULON's list", "…'s list"),
        ("zebulon  QUARTERMAINE", "…"),
        ("Re\u0301ne\u0301, rene and RENÉ", "…, … and …"),
        ("call 06 12 34 56 78 or +33 (0)6.12.34.56.78", "call … or …"),
        ("0033612345678 +33612345678, 699887766", "… …, …"),
        ("order 612345678901", "order …901"),
        ("客户李小明的 王伟", "客户…明的 …"),
        ("12, Rue des  LILAS, 75001 Paris", "…, 75001 Paris"),
        ("Al said: Al Bo, room 17", "Al said: …, room 17"),
        ("zebulons zebulonic benefit", "zebulons zebulonic benefit"),
        ("q=zebulon+quartermaine&tab=all", "q=…&tab=all"),
        ("email%20%3D%20zeb.q%2Bshop%40ex%C3%A4mple.com", "email = …"),
        (r"Z\u0065bulon and \u738b\u4f1f", "… and …"),
        ("2026-03-02T10:00:00 and 1,234,567", "2026-03-02T10:00:00 and 1,234,567"),
        ("", ""),
    ],
)
def test_what_is_taken_out_and_what_is_not(text: str, cleaned: str) -> None:
    assert ZEB.clean(text) == cleaned


def test_a_name_alone_counts_only_where_it_is_asked_for() -> None:
    assert ZEB.clean("Zebulon and Zebulon Quartermaine", names=False) == "Zebulon and …"
    assert ZEB.found_in("for zebulon") and not ZEB.found_in("for zebulon", names=False)


def test_json_is_cleaned_inside() -> None:
    value = {"q": "Zebulon", "list": ["+33 6 12 34 56 78", 33612345678, 5, True, None], "zebulon": {"x": 1.5}}
    assert ZEB.clean_json(value) == {"q": "…", "list": ["…", "…", 5, True, None], "zebulon": {"x": 1.5}}


def test_nobody_is_found_nowhere() -> None:
    nobody = Traces(names=["", "  ", "A", "?!"], texts=["-", "7"], phones=["12"], emails=["@"])
    assert not nobody
    assert nobody.clean("A ? - 7 12 @") == "A ? - 7 12 @"


LETTERS = st.characters(categories=["L", "N"], exclude_characters="ʼ")
NAME = st.text(LETTERS, min_size=3, max_size=12)
# Anything a name can hold: regular expressions, quotes, signs.
ODD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=0, max_size=12)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(first=NAME, odd=ODD, last=NAME, before=TEXT, after=TEXT)
def test_a_name_never_stays_whatever_stands_around_it(
    first: str, odd: str, last: str, before: str, after: str
) -> None:
    traces = Traces(texts=[f"{first}{odd} {last}"], names=[first, last])
    for written in (f"{first} {last}", f"{first}{odd} {last}".upper(), f"({first})"):
        left = " ".join(words_of(traces.clean(f"{before} {written} {after}")))
        for name in (first, last):
            assert f" {' '.join(words_of(name))} " not in f" {left} "


@given(text=TEXT, names=st.lists(ODD, max_size=4), texts=st.lists(ODD, max_size=4))
def test_cleaning_twice_is_cleaning_once_and_never_fails(
    text: str, names: list[str], texts: list[str]
) -> None:
    traces = Traces(names=names, texts=texts, emails=texts, phones=names)
    cleaned = traces.clean(text)
    assert traces.clean(cleaned) == cleaned
    assert traces.found_in(text) == (cleaned != text)


@given(text=TEXT, name=NAME)
def test_words_that_are_no_traces_stay_as_they_are(text: str, name: str) -> None:
    traces = Traces(names=[name])
    if not traces.found_in(text):
        assert traces.clean(text) == text
    assert traces.clean(quote(f"x {name} y")).count(TAKEN_OUT) >= 1
