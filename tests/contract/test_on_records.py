"""What parts declare about a record, for each of them: figures, lists that belong to it, flows of money, finders."""

import pytest

from regulars.kit.actor import system
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.flow import latest_entries, months_of
from regulars.resources.look_up import look_up
from regulars.resources.page import count_matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import all_resources, get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
ROW = {"number": 1, "id": "01a20334-6678-75ea-9704-9b67407c8490"}


def context_of(store: Store) -> Context:
    return Context(store=store, actor=system("Tests"), now=NOW)


def test_figures_are_of_fields_that_exist_and_open_a_list_that_understands_them(store: Store) -> None:
    context = context_of(store)
    for resource in all_resources():
        for figure in resource._figures.values():
            assert resource.field(figure.field, context.actor) is not None, figure
            assert bool(figure.rows) == bool(figure.where), figure
            if figure.where is not None:
                params = {"where": figure.where(ROW), "tab": "all"}
                query = query_from_params(get_resource(figure.rows), params, context, strict=True)
                compile_query(query.node, query.resource, context)
                assert query.tab == "all", "what a figure counts must not be hidden by a tab"


def test_lists_that_belong_to_a_record_are_held_to_it(store: Store) -> None:
    context = context_of(store)
    for resource in all_resources():
        for one in resource._related.values():
            rows = get_resource(one.rows)
            query = query_from_params(rows, {"where": one.where(ROW), "tab": "all"}, context, strict=True)
            assert query.tab == "all" and count_matching(query, context).value == 0
            assert all(rows.field(name, context.actor) for name in one.without), one


def test_flows_of_all_parts_make_one_line(store: Store) -> None:
    context, customer = context_of(store), make_customer(store)
    flows = get_resource("customers").flows(context.actor)
    assert latest_entries(flows, customer.pk, context, limit=5, before=None) == []
    assert latest_entries(flows, customer.pk, context, limit=5, before=(NOW, customer.pk)) == []
    assert months_of(flows, customer.pk, context) == []
    assert {flow.sign for flow in flows} <= {1, -1, 0}
    for flow in flows:
        assert bool(flow.rows) == bool(flow.where), flow
        if flow.where is not None:
            params = {"where": flow.where(ROW), "tab": "all"}
            query = query_from_params(get_resource(flow.rows), params, context, strict=True)
            compile_query(query.node, query.resource, context)


def test_no_text_breaks_a_finder(store: Store) -> None:
    context = context_of(store)
    make_customer(store, first_name="Zoë", phone="+33612345678")
    for text in [*naughty_strings()[:150], "9" * 30, "#", "-1", "1e9", "٣٤٥", "²", "１２３４"]:
        if "\ud800" in text:
            continue
        for resource in all_resources():
            look_up(resource, text, context, limit=3)
            for finder in resource._finders.values():
                finder.find(text.replace("\x00", ""), context, 3)
