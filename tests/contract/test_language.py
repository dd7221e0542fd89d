"""The query language: what is written is read back; any text gives a tree or an error that points at a place."""

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.resources import language
from regulars.resources.language import And, Condition, Node, Not, Or, QueryError, parse, write

names = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: (
        name not in {"and", "or", "not", "in", "is", "empty", "between", "contains", "starts", "with", "ends"}
    )
)
values = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=20)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "starts with", "ends with")


@st.composite
def some_condition(draw: st.DrawFn) -> Node:
    name = draw(names)
    match draw(st.sampled_from(("compare", "list", "between", "empty"))):
        case "compare":
            return Condition(name, draw(st.sampled_from(OPERATORS)), (draw(values),))
        case "list":
            listed = tuple(draw(st.lists(values, min_size=1, max_size=4)))
            return Condition(name, draw(st.sampled_from(("in", "not in"))), listed)
        case "between":
            return Condition(name, "between", (draw(values), draw(values)))
    return Condition(name, draw(st.sampled_from(("is empty", "is not empty"))))


def grow(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), parts.map(Not))


trees = st.recursive(some_condition(), grow, max_leaves=8)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(trees)
def test_what_is_written_is_read_back(tree: Node) -> None:
    assert parse(write(tree)) == tree


KEYWORDS = ["and", "or", "not", "in", "is", "empty", "between", "contains", "starts", "ends", "with"]
SIGNS = ["(", ")", ",", "=", "!=", "<", ">=", '"', "\\", "'", ";", "\x00", "\n"]
words = st.sampled_from([*KEYWORDS, *SIGNS, '"a b"', "country", "spent", "FR", "200", "-90d", "🦊", "ﬁ"])


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
