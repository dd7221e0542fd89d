"""Life stages: the order in which they are tried, and the store's thresholds."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.customers.choices import LifeStage
from regulars.customers.models import Customer
from regulars.customers.resource import CUSTOMERS
from regulars.kit.actor import system
from regulars.kit.errors import InvalidRecord
from regulars.resources.context import Context
from regulars.resources.page import annotate, matching
from regulars.resources.query import query_from_params
from regulars.stores import services as stores
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
# How many orders, the first and the last so many days ago, and what that makes of a customer.
PEOPLE = (
    (0, None, None, LifeStage.POTENTIAL),
    (1, 3, 3, LifeStage.NEW),
    (1, 31, 31, LifeStage.CUSTOMER),
    (2, 20, 10, LifeStage.LOYAL),
    (2, 900, 365, LifeStage.LOYAL),
    (9, 900, 366, LifeStage.AT_RISK),
    (1, 730, 730, LifeStage.AT_RISK),
    (9, 900, 731, LifeStage.LAPSED),
)


def ago(days: int | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


def bought(store: Store, orders: int, first: int | None, last: int | None) -> Customer:
    customer = make_customer(store, first_name=f"After {last}")
    Customer.objects.filter(pk=customer.pk).update(
        orders_count=orders, first_order_at=ago(first), last_order_at=ago(last)
    )
    return customer


def stages(store: Store) -> dict[object, str]:
    """By customer, as the column says it."""
    context = Context(store=store, actor=system(), now=NOW)
    field = CUSTOMERS.field("life_stage", system())
    assert field is not None
    rows = annotate(CUSTOMERS.rows(store), [field], context)
    return dict(rows.values_list("pk", field.path))


def asked(store: Store, **params: str) -> set[object]:
    context = Context(store=store, actor=system(), now=NOW)
    query = query_from_params(CUSTOMERS, {"tab": "all", **params}, context)
    return set(matching(query, context).values_list("pk", flat=True))


def test_column_condition_and_tab_agree_on_every_stage(store: Store) -> None:
    wanted = {bought(store, *facts).pk: stage for *facts, stage in PEOPLE}
    assert stages(store) == wanted
    for stage in LifeStage:
        of_stage = {pk for pk, known in wanted.items() if known == stage}
        assert asked(store, where=f"life_stage = {stage}") == of_stage
        assert asked(store, where=f"not life_stage = {stage}") == wanted.keys() - of_stage
        assert asked(store, tab=stage) == of_stage


def test_the_stores_thresholds_decide(store: Store) -> None:
    customer = bought(store, 2, 80, 50)
    assert stages(store)[customer.pk] == LifeStage.LOYAL
    for changes, stage in (
        ({"loyal_orders": 3}, LifeStage.CUSTOMER),
        ({"new_days": 90}, LifeStage.NEW),
        ({"at_risk_days": 49}, LifeStage.AT_RISK),
        ({"at_risk_days": 10, "lapsed_days": 49}, LifeStage.LAPSED),
    ):
        store = stores.edit_store(store=store, changes=changes, actor=system(), now=NOW)
        assert stages(store)[customer.pk] == stage


def test_who_lapses_was_at_risk_before(store: Store) -> None:
    with pytest.raises(InvalidRecord) as refused:
        stores.edit_store(store=store, changes={"lapsed_days": 365}, actor=system(), now=NOW)
    assert set(refused.value.errors) == {"lapsed_days"}


def test_days_between_orders_are_counted_from_first_to_last(store: Store) -> None:
    customer = bought(store, 3, 100, 10)
    bought(store, 1, 10, 10)
    assert Customer.objects.get(pk=customer.pk).days_between_orders == 45
    assert asked(store, where="days_between_orders between 40 and 50") == {customer.pk}
    assert len(asked(store, where="days_between_orders is empty")) == 1


def test_the_list_offers_the_stages_as_tabs(owner: Someone, anonymous: Client) -> None:
    make_customer(owner.store, first_name="Ada")
    page = owner.client.get("/desk/shop/customers/?tab=potential").content.decode()
    assert "Ada" in page and "tab=at_risk" in page
    assert "Ada" not in owner.client.get("/desk/shop/customers/?tab=lapsed").content.decode()
    head = page[page.index("<thead") : page.index("</thead")]
    for column in ("Age", "Country", "City", "Orders", "Products", "Total spent", "Points"):
        assert column in head
