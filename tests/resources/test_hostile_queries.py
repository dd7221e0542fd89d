"""Whatever somebody writes as a query is answered or refused with a sentence; it never breaks anything."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.explain import explain
from regulars.resources.language import QueryError, parse, read_tree, write
from regulars.resources.page import matching
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
CUSTOMERS = get_resource("customers")
ODD = (
    "0", "-1", "1e400", "1e30", "-1e30", "NaN", "Infinity", "9" * 400, "0x10", "1_000", "٣", "½", "1,5", "1.2.3",
    "9999-12-31", "0001-01-01", "10000-01-01", "0000", "9999", "-99999y", "+99999d", "12-24", "02-30", "today",
    "", " ", "\x00", "\x1f", "\ud800", "%", "_", "\\", ".*", "^(a+)+$", "'; DROP TABLE customers_customer; --", "{}",
    "$1", "%s", "%(x)s", "{0}", "\u202e", "🦊" * 20, "a" * 3000, "<script>", "null", "None", "true", "[]", "@", "+",
)  # fmt: skip


@pytest.fixture
def asking(store: Store) -> Context:
    make_customer(store, first_name="Ada", country="FR", tags=["vip"], email="ada@example.com")
    return Context(store=store, actor=system("Tests"), now=NOW, language="en")


def ask(where: str, context: Context) -> None:
    query = query_from_params(CUSTOMERS, {"where": where, "tab": "all"}, context, strict=True)
    list(matching(query, context).values_list("pk", flat=True))
    assert explain(query.node, CUSTOMERS, context).sentence


@pytest.mark.parametrize("field", [one.name for one in CUSTOMERS.all_fields() if one.filterable])
def test_odd_values_are_answered_or_refused(asking: Context, field: str) -> None:
    found = CUSTOMERS.field(field, asking.actor)
    assert found is not None
    for function, operators in {"": found.operators, **found.kind.functions}.items():
        subject = f"{function}({field})" if function else field
        for operator in operators:
            for value in ODD:
                quoted = '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))
                text = {
                    "between": f"{subject} between {quoted} and {quoted}",
                    "in": f"{subject} in ({quoted}, {quoted})",
                    "not in": f"{subject} not in ({quoted})",
                    "is empty": f"{subject} is empty",
                    "is not empty": f"{subject} is not empty",
                }.get(operator, f"{subject} {operator} {quoted}")
                try:
                    ask(text, asking)
                except QueryError as refusal:
                    assert refusal.sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**70) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["country", "orders", "=", "in", "between", "FR", "is empty", "anniversary", "birthdate"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["and", "or", "not", "has", "where", "field", "operator", "values", "function", "count"])
        | st.text(max_size=4),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_any_json_is_a_tree_or_a_sentence(asking: Context, data: Any) -> None:
    try:
        node = read_tree(data)
        assert parse(write(node)) == node
        query = Query(resource=CUSTOMERS, tab="all").with_where(node)
        list(matching(query, asking).values_list("pk", flat=True))
    except QueryError as refusal:
        assert refusal.sentence


def test_deep_json_is_refused() -> None:
    data: Any = {"field": "country", "operator": "=", "values": ["FR"]}
    for _ in range(5000):
        data = {"not": data}
    with pytest.raises(QueryError, match="levels deep"):
        read_tree(data)
    with pytest.raises(QueryError, match="longer than"):
        read_tree({"field": "city", "operator": "in", "values": ["x" * 100] * 100})
    with pytest.raises(QueryError, match="more than 100"):
        read_tree({"or": [{"field": "city", "operator": "is empty"}] * 101})


@pytest.mark.parametrize(
    "where",
    [
        "a" * 4001,
        "(" * 1500 + "city = a" + ")" * 1499,
        "not " * 900 + "city = a",
        " or ".join(["points = 1"] * 101),
        " or ".join(["has orders"] * 11),
        "has orders (has orders)",
        "has orders (segment in (A))",
        "has >= 10000000 orders",
        "store_id = 1",
        "search contains a",
        "group__name = Trade",
        "pk = 1",
        "anniversary(city) = today",
        "lower(city) = a",
        "anniversary(birthdate) < today",
        "city is empty and",
    ],
)
def test_is_refused(asking: Context, where: str) -> None:
    with pytest.raises(QueryError):
        ask(where, asking)


def test_the_largest_query_is_answered(asking: Context) -> None:
    links = " or ".join(f"has {n} orders".replace("has ", "has >= ") for n in range(1, 11))
    ask(f"{links} or " + " or ".join(f"points = {n}" for n in range(90)), asking)
    ask(f"number in ({', '.join(str(n) for n in range(700))})", asking)
    ask(f"email in ({', '.join(f'{n}@a.de' for n in range(350))})", asking)
