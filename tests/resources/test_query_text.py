"""The text of a query: to the tree, to chips, and back; and the address it lives in."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.desk.lists.chips import chips_of, parts_of, without
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.language import And, Condition, Node, Not, Or, QueryError, parse, write
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW

RESOURCE = get_resource("customers")
VALUES = st.text(max_size=12).map(lambda text: text.replace("\x00", "")) | st.sampled_from(
    [
        "and",
        "OR",
        "not",
        "in",
        "is",
        "empty",
        "with",
        "-90d",
        "2024-12-31",
        '"',
        "\\",
        '\\"',
        "a b",
        "(",
        ",",
        "=",
        "",
        "ä ö",
        "\n",
        "\u2028",
    ]
)
NAMES = st.sampled_from(["country", "spent", "tag", "first_name", "x_1", "anything"])


def conditions() -> st.SearchStrategy[Node]:
    one = st.builds(
        lambda name, operator, value: Condition(name, operator, (value,)),
        NAMES,
        st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "contains", "not contains", "starts with"]),
        VALUES,
    )
    none = st.builds(
        lambda name, operator: Condition(name, operator), NAMES, st.sampled_from(["is empty", "is not empty"])
    )
    two = st.builds(
        lambda name, first, last: Condition(name, "between", (first, last)), NAMES, VALUES, VALUES
    )
    many = st.builds(
        lambda name, operator, values: Condition(name, operator, tuple(values)),
        NAMES,
        st.sampled_from(["in", "not in"]),
        st.lists(VALUES, min_size=1, max_size=4),
    )
    return one | none | two | many


TREES = st.recursive(
    conditions(),
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_every_tree_can_be_written_and_read_back(tree: Node) -> None:
    try:
        again = parse(write(tree))
    except QueryError as refusal:
        assert "levels deep" in refusal.sentence
        return
    assert again == tree


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet='abc()"\\=<>! ,not', max_size=60))
def test_any_text_is_a_query_or_a_sentence_with_a_place(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as refusal:
        assert refusal.sentence and 0 <= refusal.position <= len(text)
    else:
        assert parse(write(tree)) == tree


@settings(max_examples=150, deadline=None)
@given(TREES, st.text(max_size=20), st.booleans())
def test_the_address_holds_the_whole_query(tree: Node, words: str, descending: bool) -> None:
    context = Context(store=Store(slug="x"), actor=system("Tests"), now=NOW)
    asked = Query(
        resource=RESOURCE,
        where=write(tree),
        node=tree,
        text=words,
        tab="all",
        sort="spent",
        descending=descending,
    )
    params = dict(parse_qsl(urlsplit(asked.url("/x/")).query, keep_blank_values=True))
    found = query_from_params(RESOURCE, params, context)
    if found.error is None:
        assert (found.node, found.sort, found.descending, found.tab) == (tree, "spent", descending, "all")


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.lists(conditions(), min_size=1, max_size=4))
def test_taking_a_chip_away_leaves_the_others(parts: list[Node]) -> None:
    tree = parts[0] if len(parts) == 1 else And(tuple(parts))
    query = Query(resource=RESOURCE, where=write(tree), node=tree, tab="all")
    for index in range(len(parts)):
        assert parts_of(without(query, index).node) == [part for at, part in enumerate(parts) if at != index]


@pytest.mark.django_db
def test_chips_say_what_the_query_says(store: Store) -> None:
    context = Context(store=store, actor=system("Tests"), now=NOW)

    def chips(where: str) -> list[str]:
        query = query_from_params(RESOURCE, {"where": where}, context)
        return [
            " ".join(
                str(chip.get(part, "")) for part in ("label", "operator_label", "value_text", "error")
            ).strip()
            for chip in chips_of(query, context, "/x/")
        ]

    assert chips("spent > 200 and spent between 1 and 2.5")[0].endswith("is over €200.00")
    assert chips("country = FR")[0] == "Country is France"
    assert chips("tag = vip and not city is empty") == ["Tags include vip", "City is not empty"]
    assert chips("country = FR or country = DE") == ["Country is France or country is Germany"]
    assert chips("nonsense = 1")[0].startswith("nonsense = 1") and "no field" in chips("nonsense = 1")[0]
    assert "ends too early" in chips("country =")[0]
