"""Every field × every operator: it compiles, runs, agrees with plain Python, and `not` is a true complement."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import Condition, Node, Not, parse, write
from regulars.resources.page import annotate, matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource, all_resources, get_resource

pytestmark = pytest.mark.django_db
SAMPLES: dict[str, tuple[str, ...]] = {
    "text": ("Ada", "lodz", "a", "", "%", "Zürich & Söhne"),
    "email": ("ada@example.com", "EXAMPLE", "", "@"),
    "phone": ("06 12 34 56 78", "+33612345678", "5678", "call 7"),
    "number": ("0", "3", "-5", "40", "99999999999999"),
    "decimal": ("0", "12.5", "100", "-1"),
    "money": ("0", "412.50", "1", "-1"),
    "boolean": ("yes", "no"),
    "date": ("1985-03-02", "2004-02-29", "today", "-40y"),
    "datetime": ("2026-03-02", "today", "-90d", "2025-01-01"),
    "choice": ("active", "FR", "fr", "none", "loyal"),
    "reference": ("Trade",),
    "tags": ("vip", "VIP", "nothing"),
}
CASES = [
    pytest.param(resource.name, field.name, operator, id=f"{resource.name}-{field.name}-{operator}")
    for resource in all_resources()
    for field in resource.all_fields()
    for operator in field.operators
]


def found(resource: Resource, node: Node, asking: Context) -> set[UUID]:
    tab = "all" if "all" in {tab.name for tab in resource.tabs} else resource.default_tab
    query = Query(resource=resource, tab=tab).with_where(node)
    return set(matching(query, asking).values_list("pk", flat=True))


def samples(field: Field, operator: str, asking: Context) -> Iterator[tuple[str, ...]]:
    if operator in ("is empty", "is not empty"):
        yield ()
        return
    known = []
    for sample in SAMPLES[field.kind.name]:
        try:
            field.compile(Condition(field.name, operator, (sample, sample)), asking)
        except Invalid:
            continue
        known.append(sample)
    assert known, f"no sample fits {field.name}"
    if operator == "between":
        yield from ((low, high) for low in known for high in known)
    elif operator in ("in", "not in"):
        yield from ((sample,) for sample in known)
        yield tuple(known)
    else:
        yield from ((sample,) for sample in known)


@pytest.mark.parametrize(("resource_name", "name", "operator"), CASES)
def test_a_condition_and_its_negation_share_all_rows(
    resource_name: str, name: str, operator: str, asking: Context
) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    everything = set(resource.rows(asking.store).values_list("pk", flat=True))
    for chosen in samples(field, operator, asking):
        condition = Condition(name, operator, chosen)
        assert parse(write(condition)) == condition
        kept, left = found(resource, condition, asking), found(resource, Not(condition), asking)
        assert kept | left == everything, (condition, "some rows are in neither")
        assert not kept & left, (condition, "some rows are in both")
        opposite = {"!=": "=", "not in": "in", "not contains": "contains", "is not empty": "is empty"}.get(
            operator
        )
        if opposite:
            assert left == found(resource, Condition(name, opposite, chosen), asking), condition


ORACLES: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, operand: value < operand,
    "<=": lambda value, operand: value <= operand,
    ">": lambda value, operand: value > operand,
    ">=": lambda value, operand: value >= operand,
    "=": lambda value, operand: value == operand,
}
ORDERED = [
    case
    for case in CASES
    if case.values[2] in ORACLES
    and get_resource(str(case.values[0]))._fields[str(case.values[1])].kind.name
    in ("number", "decimal", "money", "date", "datetime")
]


@pytest.mark.parametrize(("resource_name", "name", "operator"), ORDERED)
def test_comparisons_agree_with_plain_python(
    resource_name: str, name: str, operator: str, asking: Context
) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    rows = list(annotate(resource.rows(asking.store), [field], asking).values("id", *field.needs))
    for (sample,) in samples(field, operator, asking):
        operand = field.kind.operand(sample, field, asking)
        wanted = set()
        for row in rows:
            value = field.read(row, asking)
            if field.kind.name == "datetime" and value is not None:
                value = asking.store.day_of(value)
            if value is not None and ORACLES[operator](value, operand):
                wanted.add(row["id"])
        assert found(resource, Condition(name, operator, (sample,)), asking) == wanted, sample


@pytest.mark.parametrize(
    ("resource_name", "name", "operator"), [c for c in CASES if c.values[2] == "is empty"]
)
def test_empty_means_that_nothing_shows(
    resource_name: str, name: str, operator: str, asking: Context
) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    rows = annotate(resource.rows(asking.store), [field], asking).values("id", *field.needs)
    if field.name == "name":
        return  # a record without a name shows its company or e-mail there
    wanted = {row["id"] for row in rows if field.read(row, asking) in (None, "", [], ())}
    assert found(resource, Condition(name, operator), asking) == wanted
