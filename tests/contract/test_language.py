"""The query language: what is written is read back; any text gives a tree or an error that points at a place."""

import string

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.resources import language
from regulars.resources.language import (
    EVERYTHING,
    And,
    Condition,
    Linked,
    Node,
    Not,
    Or,
    QueryError,
    from_json,
    parse,
    to_json,
    write,
)
from regulars.resources.tree import COMPARISONS, MAX_COUNT

KEYWORDS = ["and", "or", "not", "in", "is", "empty", "between", "contains", "starts", "ends", "with"]
KEYWORDS += ["has", "no", "segment"]
names = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name not in KEYWORDS or name == "segment"
)
values = st.text(
    alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20
) | st.sampled_from(KEYWORDS)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "starts with", "ends with")


@st.composite
def some_condition(draw: st.DrawFn) -> Node:
    name = draw(names)
    function = draw(st.just("") | names)
    match draw(st.sampled_from(("compare", "list", "between", "empty", "segment"))):
        case "compare":
            return Condition(name, draw(st.sampled_from(OPERATORS)), (draw(values),), function)
        case "list":
            listed = tuple(draw(st.lists(values, min_size=1, max_size=4)))
            return Condition(name, draw(st.sampled_from(("in", "not in"))), listed, function)
        case "between":
            return Condition(name, "between", (draw(values), draw(values)), function)
        case "segment":
            operator = draw(st.sampled_from(("in", "not in")))
            return Condition("segment", operator, tuple(draw(st.lists(values, min_size=1, max_size=2))))
    return Condition(name, draw(st.sampled_from(("is empty", "is not empty"))), (), function)


@st.composite
def some_link(draw: st.DrawFn, parts: st.SearchStrategy[Node]) -> Node:
    return Linked(
        draw(names.filter(lambda name: name != "no")),
        draw(st.sampled_from(COMPARISONS)),
        draw(st.integers(0, MAX_COUNT)),
        draw(st.just(EVERYTHING) | parts),
    )


def grow(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), parts.map(Not), some_link(parts))


trees = st.recursive(some_condition(), grow, max_leaves=8)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(trees)
def test_what_is_written_is_read_back(tree: Node) -> None:
    assert parse(write(tree)) == tree
    assert from_json(orjson.loads(orjson.dumps(to_json(tree)))) == tree


SIGNS = ["(", ")", ",", "=", "!=", "<", ">=", '"', "\\", "'", ";", "\x00", "\n"]
words = st.sampled_from(
    [*KEYWORDS, *SIGNS, '"a b"', "country", "spent", "FR", "200", "-90d", "🦊", "ﬁ", "“", "”"]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(words, max_size=14).map(" ".join),
        st.lists(words, max_size=14).map("".join),
    )
)
@example("not " * 300 + "a = 1")
@example('a = "\\')
@example("a = \ud800")
def test_any_text_gives_a_tree_or_an_error_that_points_into_it(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as refusal:
        assert refusal.sentence
        assert 0 <= refusal.position <= len(text)
        assert refusal.position + refusal.length <= len(text)
    else:
        assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000 + "a = 1" + ")" * 1900,
        "(" * 20 + "a = 1" + ")" * 20 + " and " * 3,
        "not " * 900 + "a = 1",
        "a = 1 and " * 390 + "a = 1",
        "a in (" + "1, " * 1300 + "1)",
        "x" * 5000,
        "a = 1" + " or a = 1" * 200,
    ],
)
def test_deep_and_long_ones_are_refused(text: str) -> None:
    if text.startswith("a in"):
        assert len(parse(text).values) == 1301  # type: ignore[union-attr]
        return
    with pytest.raises(QueryError):
        parse(text)


def test_words_that_begin_like_an_operator_are_plain_words() -> None:
    assert parse("city = Andover") == Condition("city", "=", ("Andover",))
    assert parse("city = in-between or city = nottingham") == Or(
        (Condition("city", "=", ("in-between",)), Condition("city", "=", ("nottingham",)))
    )


def test_operators_bind_as_in_speech() -> None:
    assert parse("a = 1 or b = 2 and not c = 3") == Or(
        (Condition("a", "=", ("1",)), And((Condition("b", "=", ("2",)), Not(Condition("c", "=", ("3",))))))
    )


def test_every_letter_can_be_a_value() -> None:
    for char in string.printable:
        tree = Condition("city", "=", (char,))
        assert parse(language.write(tree)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("has orders", Linked("orders")),
        ("HAS NO orders", Linked("orders", "=", 0)),
        ("has >= 3 orders (total > 9)", Linked("orders", ">=", 3, Condition("total", ">", ("9",)))),
        ("has < 2 notes", Linked("notes", "<", 2)),
        ("in segment vip", Condition("segment", "in", ("vip",))),
        ('not in segment "A b"', Condition("segment", "not in", ("A b",))),
        ("in segment (A, B)", Condition("segment", "in", ("A", "B"))),
        ("not (in segment A)", Not(Condition("segment", "in", ("A",)))),
        ("not not in segment A", Not(Condition("segment", "not in", ("A",)))),
        ("f(x) = 1", Condition("x", "=", ("1",), "f")),
        ("x is 1 and y is not 2", And((Condition("x", "=", ("1",)), Condition("y", "!=", ("2",))))),
        ("x = 'a b'", Condition("x", "=", ("a b",))),
        ("x = “a b”", Condition("x", "=", ("a b",))),
        ("x = O'Neil", Condition("x", "=", ("O'Neil",))),
        ("x = has and y = segment", And((Condition("x", "=", ("has",)), Condition("y", "=", ("segment",))))),
        ("x in (in, not, or)", Condition("x", "in", ("in", "not", "or"))),
    ],
)
def test_reads(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Linked("orders"), "has orders"),
        (Linked("orders", "=", 0), "has no orders"),
        (Linked("orders", "=", 1), "has = 1 orders"),
        (Not(Linked("orders", "=", 0)), "not has no orders"),
        (Condition("segment", "in", ("A b",)), 'in segment "A b"'),
        (Condition("segment", "not in", ("A",)), "not in segment A"),
        (Condition("segment", "in", ("A", "B")), "segment in (A, B)"),
        (Not(Condition("segment", "in", ("A",))), "not (in segment A)"),
        (Condition("birthdate", "between", ("today", "+30d"), "anniversary"),
         "anniversary(birthdate) between today and +30d"),
    ],
)  # fmt: skip
def test_writes(tree: Node, text: str) -> None:
    assert write(tree) == text


@pytest.mark.parametrize(
    ("text", "word", "sentence"),
    [
        ("country contain FR", "contain", "Did you mean “contains”?"),
        ("country begins FR", "begins", "Did you mean “starts with”?"),
        ("country == FR", "==", "Did you mean “=”?"),
        ("country <> FR", "<>", "Did you mean “!=”?"),
        ("a = 1 && b = 2", "&&", "Did you mean “and”?"),
        ("a = 1 annd b = 2", "annd", "Did you mean “and”?"),
        ("city = New York", "York", "put words with spaces in quotes"),
        ("spent > 200,000", ",", "Numbers are written without it"),
        ("country in FR", "FR", "A list stands in brackets"),
        ("a not FR", "FR", "After “not” comes"),
        ("a between 1 or 2", "or", "between 10 and 20"),
        ("a starts b", "b", "starts with"),
        ("(a = 1", "", "a bracket is opened and never closed"),
        ("a = 1)", ")", "closes nothing"),
        ('a = "b', '"b', "A quote is opened here"),
        ("has 3 orders", "3", "has >= 3 orders, or has = 3 orders"),
        ("has >= orders", "orders", "Say how many"),
        ("has >= 99999999 orders", "99999999", "Count up to 1,000,000"),
        ("in vip", "vip", "in segment"),
        ("a = ", "", "ends too early"),
    ],
)
def test_mistakes_point_at_the_word_and_say_what_was_meant(text: str, word: str, sentence: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    found = caught.value
    assert text[found.position : found.position + found.length] == word
    assert sentence in found.sentence
