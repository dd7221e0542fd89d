"""What the filter builder asks the server: who may, what it is told, and that nothing sent can break it."""

import json
from typing import Any

import pytest
from django.test import Client

from regulars.customers import services
from regulars.resources.language import parse, write
from regulars.resources.resource import get_resource
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
BASE = "/desk/shop/customers/filter/"
EVERYBODY = ("owner", "manager", "clerk", "viewer")


def check(who: Someone | Client, status: int = 200, **sent: Any) -> dict[str, Any]:
    client = who.client if isinstance(who, Someone) else who
    if "tree" in sent and not isinstance(sent["tree"], str):
        sent["tree"] = json.dumps(sent["tree"])
    answer = client.post(f"{BASE}check/", sent)
    assert answer.status_code == status, answer.content[:300]
    return dict(answer.json())


def counted(told: dict[str, Any]) -> str:
    """The count alone: on a busy machine the total beside it is an estimate."""
    return str(told["count"]).split()[0]


def condition(field: str, operator: str = "=", *values: str) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


@pytest.fixture
def shop(owner: Someone) -> Someone:
    """Six customers: three of France, one of them in Paris; five tagged."""
    group = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    services.insert_customers(
        store=owner.store,
        records=[
            {
                "first_name": f"P{at}",
                "country": "FR" if at < 3 else "DE",
                "city": "Paris" if at == 0 else "",
                "tags": ["vip", "press"] if at < 5 else [],
                "group_id": group.pk if at == 1 else None,
                "spent_minor": at * 10_000,
                "created_at": NOW,
            }
            for at in range(6)
        ],
        now=NOW,
    )
    return owner


# --- who may


@pytest.mark.parametrize("role", EVERYBODY)
def test_who_sees_the_list_may_build_filters(role: str, request: pytest.FixtureRequest) -> None:
    who: Someone = request.getfixturevalue(role)
    assert who.client.get(f"{BASE}fields/").status_code == 200
    assert who.client.get(f"{BASE}suggest/?field=tags").status_code == 200
    assert check(who, where="country = FR")["problems"] == []


@pytest.mark.parametrize(
    ("path", "method"), [("fields/", "get"), ("suggest/?field=tags", "get"), ("check/", "post")]
)
def test_strangers_learn_nothing(
    other_owner: Someone, anonymous: Client, owner: Someone, path: str, method: str
) -> None:
    assert getattr(other_owner.client, method)(BASE + path).status_code == 404
    answer = getattr(anonymous, method)(BASE + path)
    assert answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"]


def test_other_ways_to_ask_are_refused(owner: Someone) -> None:
    assert owner.client.get(f"{BASE}check/").status_code == 405
    assert owner.client.post(f"{BASE}fields/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner.user)
    assert strict.post(f"{BASE}check/", {"where": "country = FR"}).status_code == 403
    assert owner.client.get("/desk/shop/nonsense/filter/fields/").status_code == 404


def test_a_filter_sees_the_own_store_only(shop: Someone, other_owner: Someone) -> None:
    make_customer(other_owner.store, first_name="Foreign", tags=["secret"])
    assert counted(check(shop, where="first_name = Foreign")) == "0"
    assert "secret" not in shop.client.get(f"{BASE}suggest/?field=tags&q=sec").content.decode()


# --- the catalogue


def test_the_catalogue_tells_what_can_be_asked(shop: Someone) -> None:
    told = shop.client.get(f"{BASE}fields/").json()
    fields = {field["name"]: field for field in told["fields"]}
    resource = get_resource("customers")
    assert set(fields) == {one.name for one in resource.fields(shop.actor) if one.filterable}
    assert {"value": "FR", "label": "France"} in fields["country"]["choices"]
    assert [(one["value"], one["label"]) for one in fields["group"]["choices"]] == [("Trade", "Trade")]
    assert {"name": "between", "label": "is between", "takes": "two"} in fields["spent"]["operators"]
    assert fields["birthdate"]["functions"][0]["name"] == "anniversary"
    assert "tag" in fields["tags"]["synonyms"] and fields["tags"]["suggests"]
    assert {link["name"] for link in told["links"]} == {link.name for link in resource.links(shop.actor)}
    assert told["currency"] == {"symbol": "€", "before": True}


def test_values_in_use_are_suggested(shop: Someone) -> None:
    def values(query: str) -> list[str]:
        return [one["value"] for one in shop.client.get(f"{BASE}suggest/?{query}").json()["items"]]

    assert set(values("field=tags")) == {"vip", "press"}
    assert values("field=tags&q=VI") == ["vip"] and values("field=tag&q=zz") == []
    assert values("field=city&q=Par") == []  # nothing to suggest, and nothing wrong


@pytest.mark.parametrize(
    "query",
    ["", "field=", "field=nonsense", "field=tags&link=nonsense", "field=spent&link=notes", "field=%00"],
)
def test_values_of_nothing_are_not_found(owner: Someone, query: str) -> None:
    assert owner.client.get(f"{BASE}suggest/?{query}").status_code == 404


# --- what a filter means


def test_text_becomes_a_tree_and_a_tree_becomes_text(shop: Someone) -> None:
    text = "country in (FR, DE) and (spent > 200 or not (tag = vip and city is empty)) and has no notes"
    told = check(shop, where=text)
    assert told["where"] == text
    assert check(shop, tree=told["tree"])["where"] == text
    assert told["words"].startswith("Country is any of France, Germany and (total spent is over €200.00 or ")


def test_it_counts_within_the_tab_and_the_search_of_the_page(shop: Someone) -> None:
    make_customer(shop.store, first_name="Old", country="FR", state="archived")
    assert counted(check(shop, where="country = FR")) == "3"
    assert counted(check(shop, where="country = FR", tab="all")) == "4"
    assert counted(check(shop, where="country = FR", q="P1")) == "1"
    assert counted(check(shop)) == "6"


def test_the_address_keeps_the_rest_of_the_page(shop: Someone) -> None:
    told = check(shop, where="country=FR", tab="all", sort="-spent", q="P", after="gone")
    assert told["where"] == "country = FR"
    assert told["url"] == "/desk/shop/customers/?tab=all&q=P&where=country+%3D+FR&sort=-spent"
    assert check(shop, where="", view="all")["url"] == "/desk/shop/customers/?view=all"


def test_empty_groups_mean_everything(shop: Someone) -> None:
    for tree in ({"and": []}, {"or": [{"and": []}]}, {"not": {"and": []}}):
        told = check(shop, tree=tree)
        assert told["where"] == "" and counted(told) == "6"


def test_what_takes_too_long_to_count_says_so(shop: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.desk.lists import builder
    from regulars.resources.page import Count

    monkeypatch.setattr(
        builder, "count_matching", lambda *_args, **_more: Count(1_234_567, exact=False, late=True)
    )
    told = check(shop, where="country = FR")
    assert told["slow"] and told["count"].startswith("≈ 1,230,000 ")
    assert told["count"].endswith("customers · estimated: counting this takes too long")


# --- what is wrong, and where


def test_each_wrong_condition_is_named_with_its_place(shop: Someone) -> None:
    tree = {
        "and": [
            condition("country", "=", "FR"),
            {"or": [condition("spendd", ">", "3"), condition("spent", ">", "much")]},
            {"not": condition("city", "between", "a", "b")},
            {
                "has": "notes",
                "operator": ">=",
                "count": 2,
                "where": {"and": [condition("text", "contains", "a"), condition("nonsense", "=", "b")]},
            },
            {"has": "nonsense"},
        ]
    }
    told = check(shop, 422, tree=tree)
    problems = {one["place"]: one["sentence"] for one in told["problems"]}
    assert list(problems) == ["/and/1/or/0", "/and/1/or/1", "/and/2/not", "/and/3/where/and/1", "/and/4"]
    assert "Did you mean “spent”?" in problems["/and/1/or/0"] and "not a number" in problems["/and/1/or/1"]
    assert told["tree"]["and"][0] == tree["and"][0] and "count" not in told


def test_a_wrong_word_in_a_text_is_pointed_at(owner: Someone) -> None:
    text = "country = FR and spnt > 200"
    told = check(owner, 422, where=text)
    problem = told["problems"][0]
    assert text[problem["position"] :][: problem["length"]] == "spnt" and told["tree"]
    broken = check(owner, 422, where="country = FR and )")
    assert "tree" not in broken and broken["problems"][0]["position"] == 17


def test_fields_one_may_not_see_do_not_exist(viewer: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = get_resource("customers")
    hidden = [field for field in resource.all_fields() if not viewer.actor.may(field.permission)]
    for field in hidden:
        assert (
            f"no field “{field.name}”"
            in check(viewer, 422, tree=condition(field.name, "is empty"))["problems"][0]["sentence"]
        )
    names = {field["name"] for field in viewer.client.get(f"{BASE}fields/").json()["fields"]}
    assert names.isdisjoint(field.name for field in hidden)


# --- what nobody sends by accident


def nested(levels: int, key: str = "not") -> str:
    return f'{{"{key}":' * levels + '{"field":"city","operator":"is empty","values":[]}' + "}" * levels


HOSTILE = [
    "null",
    "[]",
    "7",
    '"text"',
    "NaN",
    "{",
    "",
    "\x00",
    '"\\ud800"',
    "{}",
    '{"and": 3}',
    '{"and": {}}',
    '{"and": [null]}',
    '{"and": [[]]}',
    '{"or": [{}]}',
    '{"not": []}',
    '{"not": null}',
    '{"and": [], "or": []}',
    '{"and": [], "more": 1}',
    '{"field": 3, "operator": "=", "values": ["x"]}',
    '{"field": "city", "operator": ["="], "values": ["x"]}',
    '{"field": "city", "operator": "=", "values": "x"}',
    '{"field": "city", "operator": "=", "values": [3]}',
    '{"field": "city", "operator": "=", "values": [null]}',
    '{"field": "city", "operator": "=", "values": []}',
    '{"field": "city", "operator": "=", "values": ["a", "b"]}',
    '{"field": "spent", "operator": "between", "values": ["1"]}',
    '{"field": "city", "operator": "in", "values": []}',
    '{"field": "city", "operator": "; drop table", "values": ["x"]}',
    '{"field": "city__contains", "operator": "=", "values": ["x"]}',
    '{"field": "store_id", "operator": "=", "values": ["x"]}',
    '{"field": "city\\" or 1=1", "operator": "=", "values": ["x"]}',
    '{"field": "city", "operator": "=", "values": ["x"], "function": 3}',
    '{"field": "city", "operator": "=", "values": ["x"], "function": "pg_sleep"}',
    '{"field": "city", "operator": "=", "values": ["x"], "sql": "1"}',
    '{"has": 3}',
    '{"has": "notes", "operator": "~"}',
    '{"has": "notes", "count": -1}',
    '{"has": "notes", "count": "1"}',
    '{"has": "notes", "count": true}',
    '{"has": "notes", "count": 1e400}',
    '{"has": "notes", "count": 99999999999999999999999}',
    '{"has": "notes", "where": 3}',
    '{"has": "notes", "where": {"has": "notes"}}',
    '{"has": "notes", "where": {"field": "country", "operator": "=", "values": ["FR"]}}',
    nested(40),
    nested(900),
    nested(3000),
    "[" * 50_000,
    json.dumps({"and": [condition("city", "=", "x")] * 101}),
    json.dumps({"or": [{"has": "notes", "operator": ">=", "count": n} for n in range(2, 14)]}),
    json.dumps(condition("city", "in", *(f"town {n}" for n in range(3000)))),
    json.dumps(condition("city", "=", "x" * 200_000)),
    json.dumps(condition("first_order", "=", "99999-99-99")),
    json.dumps(condition("created", "<", "-99999y")),
    json.dumps(condition("spent", ">", "9" * 400)),
    json.dumps(condition("age", ">", "1e9")),
]


@pytest.mark.parametrize("tree", HOSTILE, ids=lambda tree: repr(tree[:40]))
def test_a_hostile_tree_gets_a_sentence(shop: Someone, tree: str) -> None:
    answer = shop.client.post(f"{BASE}check/", {"tree": tree})
    told = answer.json()
    if not tree:
        assert answer.status_code == 200 and told["where"] == ""
        return
    assert answer.status_code == 422, told
    assert (
        all(one["sentence"] and len(one["sentence"]) < 800 for one in told["problems"]) and told["problems"]
    )


@pytest.mark.parametrize(
    "where",
    ["(" * 3999, "not " * 900 + "city is empty", "a" * 4001, "has " * 800, '"', "\x00", "city = \x00"],
)
def test_a_hostile_text_gets_a_sentence(shop: Someone, where: str) -> None:
    answer = shop.client.post(f"{BASE}check/", {"where": where})
    assert answer.status_code in (200, 422) and "problems" in answer.json()


def test_a_hundred_conditions_are_answered(shop: Someone) -> None:
    tree = {"or": [condition("city", "=", f"t{at}") for at in range(100)]}
    told = check(shop, tree=tree)
    assert told["where"] == write(parse(told["where"])) and counted(told) == "0"


# --- on the page


def test_chips_tell_groups_in_words_and_open_the_builder(shop: Someone) -> None:
    where = "country = FR and (city = Paris or spent > 100) and created between -30d and today"
    text = shop.client.get("/desk/shop/customers/", {"where": where}).content.decode()
    assert 'data-chip="country"' in text
    assert 'data-builder="1" title="City is Paris or total spent is over €100.00"' in text
    assert "is in the last" in text and "30 days" in text


def test_without_scripts_the_typed_query_is_still_there(shop: Someone) -> None:
    text = shop.client.get("/desk/shop/customers/").content.decode()
    assert '<textarea class="textarea" name="where"' in text and '<select class="select" name="f">' in text
    assert "/filter/" in text and '"operators"' not in text  # the catalogue is fetched when it is needed
