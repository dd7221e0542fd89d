"""Any query on five hundred customers: the database's answer is the one that plain Python gives."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import (
    And,
    Condition,
    Linked,
    Node,
    Not,
    Or,
    from_json,
    parse,
    to_json,
    write,
)
from regulars.resources.links import Link
from regulars.resources.page import matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource, get_resource
from regulars.resources.tree import COMPARISONS, TAKES
from regulars.stores.models import Store
from tests.factories import NOW
from tests.resources import crowd, plain

pytestmark = pytest.mark.django_db
CUSTOMERS = get_resource("customers")
# Membership of segments is tried with the segments, whose rows it is made of.
ELSEWHERE = {"segment"}
SAMPLES: dict[str, tuple[str, ...]] = {
    "text": ("Ada", "lodz", "a", "", "%", "söhne", "LOVELACE", "75", "2025", "Call", "ł", " ada ", "till-1"),
    "email": ("n1@example.com", "EXAMPLE", "@spam.test", "x3@münchen.de", "münchen", "", "n"),
    "phone": ("06 12 34 56 78", "+33612345678", "5678", "+33", "0033 6", "139", "+8613912345678", ""),
    "number": ("0", "1", "3", "-5", "40", "99999999999999", "20"),
    "decimal": ("0", "12.5", "100", "-1"),
    "money": ("0", "412.50", "100", "-1", "1", "200.01"),
    "boolean": ("yes", "no", "True"),
    "date": tuple(plain.DAYS),
    "datetime": tuple(plain.DAYS),
    "choice": (
        "FR",
        "france",
        "DE",
        "fr",
        "French",
        "active",
        "archived",
        "none",
        "monitor",
        "loyal",
        "new",
        "",
    ),
    "reference": ("Trade", ""),
    "tags": ("vip", "VIP", "vi", "2025", "nothing", ""),
}


def usable(field: Field, operator: str, function: str, context: Context) -> list[str]:
    """The samples that the field takes."""
    pool = (*plain.DAYS, *plain.IN_THE_YEAR) if function else SAMPLES[field.kind.name]
    if field.kind.name == "choice":
        pool = (*pool, *(value for value, _label in field.choices_for(context)))
    many = 2 if TAKES[operator] == "two" else 1
    found = []
    for sample in pool:
        try:
            field.compile(Condition(field.name, operator, (sample,) * many, function), context)
        except Invalid:
            continue
        found.append(sample)
    return found


def conditions(resource: Resource | Link, context: Context) -> st.SearchStrategy[Node]:
    """Every field with every operator and function."""
    fields = resource.fields if isinstance(resource, Link) else resource.all_fields()
    found: list[st.SearchStrategy[Node]] = []
    for field in fields:  # type: ignore[union-attr]
        if not field.filterable or field.name in ELSEWHERE:
            continue
        if isinstance(resource, Link) and field.condition is not None:
            continue  # asked in a way of its own, which is tried where it is declared
        for function, operators in {"": field.operators, **field.kind.functions}.items():
            found += [_asking(field, operator, function, context) for operator in operators]
    return st.one_of(found)


def _asking(field: Field, operator: str, function: str, context: Context) -> st.SearchStrategy[Node]:
    if TAKES[operator] == "none":
        return st.just(Condition(field.name, operator, (), function))
    one = st.sampled_from(usable(field, operator, function, context))
    values = {
        "one": st.tuples(one),
        "two": st.tuples(one, one),
        "many": st.lists(one, min_size=1, max_size=3).map(tuple),
    }[TAKES[operator]]
    return values.map(lambda chosen: Condition(field.name, operator, chosen, function))


def grown(leaves: st.SearchStrategy[Node], most: int) -> st.SearchStrategy[Node]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
            | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
            | inner.map(Not)
        ),
        max_leaves=most,
    )


def trees(context: Context) -> st.SearchStrategy[Node]:
    linked = st.one_of(
        st.builds(
            Linked,
            st.just(link.name),
            st.sampled_from(COMPARISONS),
            st.integers(0, 3),
            st.just(And(())) | grown(conditions(link, context), 3),
        )
        for link in CUSTOMERS.all_links()
    )
    return grown(st.one_of(conditions(CUSTOMERS, context), conditions(CUSTOMERS, context), linked), 6)


def found_by(node: Node, context: Context) -> set[UUID]:
    query = Query(resource=CUSTOMERS, tab="all").with_where(node)
    return set(matching(query, context).values_list("pk", flat=True))


def test_the_database_agrees_with_plain_python(store: Store) -> None:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    everybody = crowd.fill(store)
    assert len(everybody) == 500
    met = set()

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trees(context))
    def agree(node: Node) -> None:
        wanted = {one.row["id"] for one in everybody if plain.holds(node, one, CUSTOMERS)}
        assert found_by(node, context) == wanted, write(node)
        assert parse(write(node)) == node == from_json(to_json(node))
        met.add(0 < len(wanted) < 500)

    agree()
    assert met == {True, False}
