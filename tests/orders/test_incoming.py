"""What a row of a file says about an order: words of other systems, lines, and sums that agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.orders.incoming import (
    ALL_PAID,
    OTHER,
    TAX,
    add_up,
    lines_text,
    read_channel,
    read_lines,
    read_paid,
    read_status,
)
from regulars.resources.context import Context
from regulars.stores.models import Store
from tests.factories import NOW

CONTEXT = Context(store=Store(slug="s", currency="EUR"), actor=system("Tests"), now=NOW)

amount = st.integers(0, 5_000)
line = st.builds(
    lambda quantity, price, share: {
        "title": "Tea", "sku": "", "serial": "", "quantity": quantity, "price_minor": price,
        "discount_minor": quantity * price * share // 10,
    },
    st.integers(1, 5), amount, st.integers(0, 10),
)  # fmt: skip


@given(
    st.lists(line, min_size=1, max_size=4),
    st.none() | st.integers(0, 40_000),
    amount,
    amount,
    amount,
    st.booleans(),
)
def test_lines_discount_and_shipping_always_come_to_the_total(
    lines: list[dict[str, int]], total: int | None, discount: int, shipping: int, tax: int, unpriced: bool
) -> None:
    goods = sum(one["quantity"] * one["price_minor"] - one["discount_minor"] for one in lines)
    facts = {"discount_minor": min(discount, goods), "shipping_minor": shipping, "tax_minor": tax}
    if total is not None:
        facts["total_minor"] = total
    if unpriced and total is not None:
        lines[0] |= {"price_minor": None, "discount_minor": 0}  # type: ignore[dict-item]
    add_up(facts, lines)
    goods = sum(one["quantity"] * one["price_minor"] - one["discount_minor"] for one in lines)
    assert facts["total_minor"] == goods - facts["discount_minor"] + facts["shipping_minor"]
    assert 0 <= facts["discount_minor"] <= goods
    assert facts["shipping_minor"] >= 0
    assert total in (None, facts["total_minor"])
    again = dict(facts)
    before = [dict(one) for one in lines]
    add_up(again, lines)
    assert (again, lines) == (facts, before)


@given(st.lists(line, max_size=4))
def test_lines_leave_and_come_back_as_they_are(lines: list[dict[str, int]]) -> None:
    text = lines_text(lines, CONTEXT)
    assert (read_lines(text, CONTEXT) if text else []) == lines


def one(**given: object) -> dict[str, object]:
    return {
        "title": "Tea",
        "sku": "",
        "serial": "",
        "quantity": 1,
        "price_minor": 0,
        "discount_minor": 0,
    } | given


def test_taxes_that_are_not_in_the_prices_become_a_line() -> None:
    facts, lines = {"total_minor": 1100, "tax_minor": 100}, [one(price_minor=1000)]
    add_up(facts, lines)
    assert (lines[1]["title"], lines[1]["price_minor"], facts["items_count"]) == (TAX, 100, 1)


def test_a_discount_that_is_said_twice_counts_once() -> None:
    facts, lines = {"total_minor": 900, "discount_minor": 100}, [one(price_minor=1000, discount_minor=100)]
    add_up(facts, lines)
    assert (facts["total_minor"], facts["discount_minor"], lines[0]["discount_minor"]) == (900, 100, 0)


def test_one_thing_without_a_price_cost_what_is_left() -> None:
    facts, lines = {"total_minor": 1100, "shipping_minor": 100}, [one(price_minor=None, quantity=2)]
    add_up(facts, lines)
    assert (len(lines), lines[0]["price_minor"]) == (1, 500)


def test_several_without_a_price_are_told_by_the_rest() -> None:
    facts, lines = {"total_minor": 1000}, [one(price_minor=None), one(price_minor=None)]
    add_up(facts, lines)
    assert [(each["title"], each["price_minor"]) for each in lines] == [("Tea", 0), ("Tea", 0), (OTHER, 1000)]


@pytest.mark.parametrize(
    ("cell", "status"),
    [("wc-on-hold", "open"), ("Fulfilled", "completed"), ("Canceled", "cancelled"), ("refunded", "refunded")],
)
def test_reads_the_words_of_other_systems(cell: str, status: str) -> None:
    assert read_status(cell) == status


def test_reads_channels_and_the_numbers_of_apps() -> None:
    assert [read_channel(cell) for cell in ("web", "POS", "Amazon", "580111")] == [
        "online", "in_store", "marketplace", "online",
    ]  # fmt: skip


@pytest.mark.parametrize(("cell", "paid"), [("paid", ALL_PAID), ("pending", 0), ("12.50", 1250), ("0", 0)])
def test_reads_what_was_paid(cell: str, paid: int) -> None:
    assert read_paid(cell, CONTEXT) == paid


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("two teas", "list of objects"),
        ('{"title": "Tea"}', "list of objects"),
        ('[{"price": "1"}]', "a title or a sku"),
        ('[{"title": "Tea", "quantity": "1.5"}]', "whole number"),
        ('[{"title": "Tea", "price": "-1"}]', "0 or more"),
        ('[{"title": "Tea", "price": "1.005"}]', "decimals"),
        ('[{"title": "Tea", "price": "1", "discount": "2"}]', "at most"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_lines(cell: str, word: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_lines(cell, CONTEXT)
    assert word in refusal.value.sentence


def test_a_total_of_a_line_that_does_not_divide_is_a_price_and_a_discount() -> None:
    (found,) = read_lines('[{"title": "Tea", "quantity": 3, "total": "10.00"}]', CONTEXT)
    assert (found["price_minor"], found["discount_minor"]) == (334, 2)
    assert (
        read_lines('[{"title": "Gone", "quantity": "0", "price": "1"}, {"discount": "0.00"}]', CONTEXT) == []
    )
