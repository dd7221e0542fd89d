"""Every field × every operator and function: it runs, agrees with plain Python, and `not` is a true complement."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from regulars.kit.errors import Invalid
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.base import NEGATIVE, Kind
from regulars.resources.language import Condition, Node, Not, parse, write
from regulars.resources.page import matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource, all_resources, get_resource
from regulars.resources.tree import TAKES
from tests.resources import crowd, plain

pytestmark = pytest.mark.django_db
DATES = ("today", "-90d", "-40y", "last_month", "2025", "2024-02", "1985-03-02", "2004-02-29", "2026-03-02")
SAMPLES: dict[str, tuple[str, ...]] = {
    "text": ("Ada", "lodz", "a", "", "%", "Zürich & Söhne", "'; drop", "_\\", "1 rue", "E"),
    "email": ("ada@example.com", "EXAMPLE", "", "@", ".com"),
    "phone": ("06 12 34 56 78", "+33612345678", "5678", "+86", ""),
    "number": ("0", "3", "-5", "40", "99999999999999"),
    "decimal": ("0", "12.5", "100", "-1"),
    "money": ("0", "412.50", "1", "-1", "137.50"),
    "boolean": ("yes", "no"),
    "date": DATES,
    "datetime": DATES,
    "choice": ("active", "FR", "fr", "none", "loyal", ""),
    "reference": ("Trade", ""),
    "tags": ("vip", "VIP", "nothing", "vi", ""),
}
CASES = [
    pytest.param(resource.name, field.name, id=f"{resource.name}-{field.name}")
    for resource in all_resources()
    for field in resource.all_fields()
    if field.filterable
]
# Membership of segments is made of the segments' own rows, and tried with those.
PLAIN = [case for case in CASES if case.values[0] == "customers" and case.values[1] != "segment"]


def found(resource: Resource, node: Node, asking: Context) -> set[UUID]:
    tab = "all" if "all" in {tab.name for tab in resource.tabs} else resource.default_tab
    query = Query(resource=resource, tab=tab).with_where(node)
    return set(matching(query, asking).values_list("pk", flat=True))


def conditions(resource: Resource, name: str, asking: Context) -> Iterator[Condition]:
    """The field with every operator and function, and every sample that it takes."""
    field = resource.field(name, asking.actor)
    assert field is not None
    for function, operators in {"": field.operators, **field.kind.functions}.items():
        for operator in operators:
            some = list(_asking(field, function, operator, asking))
            assert some or field.choices, f"no sample fits {name} {operator}"
            yield from some


def _asking(field: Field, function: str, operator: str, asking: Context) -> Iterator[Condition]:
    takes = TAKES[operator]
    if takes == "none":
        yield Condition(field.name, operator, (), function)
        return
    pool = (*DATES, *plain.IN_THE_YEAR) if function else SAMPLES[field.kind.name]
    usable = []
    named = [label if field.kind.name == "reference" else value for value, label in field.choices_for(asking)]
    for sample in (*pool, *named[:2]):
        try:
            field.compile(
                Condition(field.name, operator, (sample,) * (2 if takes == "two" else 1), function), asking
            )
        except Invalid:
            continue
        usable.append(sample)
    if takes == "two":
        pairs = [(low, high) for low in usable[:5] for high in usable[-5:]]
        yield from (Condition(field.name, operator, pair, function) for pair in pairs)
        return
    yield from (Condition(field.name, operator, (sample,), function) for sample in usable)
    if takes == "many" and usable:
        yield Condition(field.name, operator, tuple(usable), function)


@pytest.mark.parametrize(("resource_name", "name"), CASES)
def test_a_condition_and_its_negation_share_all_rows(resource_name: str, name: str, asking: Context) -> None:
    resource = get_resource(resource_name)
    everything = set(resource.rows(asking.store).values_list("pk", flat=True))
    for condition in conditions(resource, name, asking):
        assert parse(write(condition)) == condition
        kept, left = found(resource, condition, asking), found(resource, Not(condition), asking)
        assert kept | left == everything, (condition, "some rows are in neither")
        assert not kept & left, (condition, "some rows are in both")
        if condition.operator in NEGATIVE:
            opposite = replace(condition, operator=NEGATIVE[condition.operator])
            assert left == found(resource, opposite, asking), condition


@pytest.mark.parametrize(("resource_name", "name"), PLAIN)
def test_every_operator_agrees_with_plain_python(resource_name: str, name: str, asking: Context) -> None:
    resource = get_resource(resource_name)
    everybody = crowd.known(asking.store)
    for condition in conditions(resource, name, asking):
        wanted = {one.row["id"] for one in everybody if plain.holds(condition, one, resource)}
        assert found(resource, condition, asking) == wanted, condition


@pytest.mark.parametrize(("resource_name", "name"), PLAIN)
def test_an_empty_value_is_found_by_what_says_so_and_by_the_opposites(
    resource_name: str, name: str, asking: Context
) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    empty = {
        one.row["id"]
        for one in crowd.known(asking.store)
        if plain.value_of(name, field.path, field.kind.name, one) in (None, "", [])
    }
    for condition in conditions(resource, name, asking):
        if "" in condition.values:
            continue  # `city = ""` is another way to write `city is empty`
        kept = found(resource, condition, asking) & empty
        assert kept == (empty if FINDS_EMPTY[condition.operator] else set()), condition


FINDS_EMPTY = {
    operator: operator == "is empty" or (operator in NEGATIVE and operator != "is not empty")
    for operator in TAKES
}
COLUMNS: dict[str, tuple[type[Kind], ...]] = {
    "text, e-mail, phone": (kinds.Text, kinds.Email, kinds.Phone),
    "number, money": (kinds.Integer, kinds.Number, kinds.Money),
    "yes or no": (kinds.Boolean,),
    "date": (kinds.Date, kinds.Moment),
    "choice": (kinds.Choice, kinds.Reference),
    "tags": (kinds.Tags,),
}


def table() -> list[str]:
    """The table of operators as the documentation must have it."""
    lines = [
        f"| operator | {' | '.join(COLUMNS)} | an empty value |",
        f"|---|{':-:|' * len(COLUMNS)}---|",
    ]
    for operator in TAKES:
        cells = []
        for column, of in COLUMNS.items():
            able = {operator in kind.operators for kind in of}
            assert len(able) == 1, (operator, column, "these kinds differ and need columns of their own")
            some = column.startswith("number") and operator in kinds.EMPTINESS
            cells.append("✓" if able.pop() else "(✓)" if some else "")
        finds = "is found" if FINDS_EMPTY[operator] else "is left out"
        lines.append(f"| `{operator}` | {' | '.join(cells)} | {finds} |")
    return lines


@pytest.mark.parametrize("page", ["docs/query-language.md", "regulars/desk/help/query-language.md"])
def test_the_documentation_says_what_holds(page: str) -> None:
    root = Path(__file__).resolve().parents[2]
    assert "\n".join(table()) in (root / page).read_text(encoding="utf-8")
