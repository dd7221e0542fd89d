"""The list page: what it shows, what its address means, and that nothing in an address can break it."""

import html
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from regulars.customers import services
from regulars.kit.actor import system
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db
URL = "/desk/shop/customers/"
HTMX = {"HX-Request": "true"}


def page(who: Someone, query: str = "", **headers: str) -> str:
    answer = who.client.get(f"{URL}{query}", headers=headers)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def ids_on(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('data-id="')[1:]]


def fill(store: Store, count: int) -> None:
    services.insert_customers(
        store=store,
        records=[
            {
                "first_name": f"P{at}",
                "email": f"p{at}@x.de",
                "created_at": NOW - timedelta(days=at),
                "country": "FR",
                "tags": ["a", "b"],
            }
            for at in range(count)
        ],
        now=NOW,
    )


def test_newest_first_with_tabs_and_counts(owner: Someone) -> None:
    """P-31."""
    fill(owner.store, 3)
    make_customer(owner.store, first_name="Old", state="archived")
    make_customer(owner.store, first_name="Bad", state="inactive")
    text = page(owner)
    assert text.index(">P0<") < text.index(">P1<") < text.index(">P2<") and ">Old<" not in text
    assert ">Old<" in page(owner, "?tab=archived") and ">Bad<" in page(owner, "?tab=inactive")
    assert len(ids_on(page(owner, "?tab=all"))) == 5
    assert len(ids_on(page(owner, "?tab=blocked"))) == 0
    assert len(ids_on(page(owner, "?tab=nonsense"))) == 3


@pytest.mark.parametrize("count", [5, 50])
def test_the_same_number_of_queries_for_any_number_of_rows(
    owner: Someone, count: int, django_assert_max_num_queries: Any
) -> None:
    fill(owner.store, count)
    group = services.create_group(store=owner.store, name="Trade", actor=owner.actor, now=NOW)
    columns = "name,number,email,phone,group,tags,country,life_stage,spent,created,state,age"
    page(owner)
    with django_assert_max_num_queries(45) as first:
        text = page(owner, f"?columns={columns}&size=50")
    assert len(ids_on(text)) == count
    services.insert_customers(
        store=owner.store, records=[{"first_name": "G", "group_id": group.pk}] * 10, now=NOW
    )
    with django_assert_max_num_queries(len(first)):
        page(owner, f"?columns={columns}&size=100")


def test_htmx_gets_the_results_alone(owner: Someone) -> None:
    fill(owner.store, 1)
    text = page(owner, "", **HTMX)
    assert text.strip().startswith('<div class="list" id="results"') and "<html" not in text
    assert "HX-Request" in owner.client.get(URL).headers["Vary"]


def test_next_and_previous_pages_show_each_row_once(owner: Someone) -> None:
    fill(owner.store, 7)
    seen: list[str] = []
    query = "?size=3"
    while query:
        text = page(owner, query)
        seen += ids_on(text)
        query = link(text, "Next page")
    assert len(seen) == 7 == len(set(seen))


def link(text: str, label: str) -> str:
    """The query of the pager's link with this label, or nothing."""
    before = text[: text.index(f'aria-label="{label}"')]
    tag = before[before.rindex("<a ") :]
    return "?" + urlsplit(html.unescape(tag.split('href="')[1].split('"')[0])).query if "href=" in tag else ""


def test_a_sort_is_in_the_address_and_keeps_the_rest(owner: Someone) -> None:
    fill(owner.store, 3)
    text = page(owner, "?where=country+%3D+FR&sort=-email&size=25")
    assert text.index(">P2<") < text.index(">P1<") < text.index(">P0<")
    assert "sort=email" in text and html.escape("where=country+%3D+FR") in text


def test_columns_are_shown_in_the_order_of_the_address(owner: Someone) -> None:
    fill(owner.store, 1)
    heads = [
        part.split('"')[0]
        for part in page(owner, "?columns=city,email,name,nonsense").split('data-column="')[1:]
    ]
    assert heads == ["city", "email", "name"]
    once = [
        part.split('"')[0] for part in page(owner, "?columns=email,email,tag,tags").split('data-column="')[1:]
    ]
    assert once == ["email", "tags"]


def test_layout_is_remembered_for_the_person_alone(owner: Someone, clerk: Someone) -> None:
    fill(owner.store, 1)
    layout = {
        "columns": "name,region,nonsense,region",
        "widths": '{"region": 5, "name": 9000, "nonsense": 100, "email": "x"}',
    }
    assert owner.client.post(f"{URL}layout/", layout).status_code == 204
    kept = User.objects.get(pk=owner.user.pk).preferences["lists"]["customers"]
    assert kept == {"columns": ["name", "region"], "widths": {"region": 40, "name": 800}}
    assert 'data-column="region"' in page(owner) and 'data-column="region"' not in page(clerk)
    owner.client.post(f"{URL}layout/", {"columns": "", "widths": "{}"})
    assert 'data-column="region"' not in page(owner)


@pytest.mark.parametrize(
    "widths",
    [
        "",
        "null",
        "[]",
        "{",
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": -Infinity}',
        '{"name": 1e999}',
        '{"name": true}',
        "[" * 100_000,
        '{"name": ' + "9" * 400 + "}",
        '"x"',
        '{"name": [1]}',
    ],
)
def test_hostile_layouts_are_ignored(owner: Someone, widths: str) -> None:
    fill(owner.store, 1)
    assert (
        owner.client.post(f"{URL}layout/", {"widths": widths, "columns": "<script>," * 500}).status_code
        == 204
    )
    page(owner)


# --- the query in the address


@pytest.mark.parametrize(
    ("f", "o", "v", "where"),
    [
        ("country", "=", ["FR"], "country = FR"),
        ("city", "contains", ["New York"], 'city contains "New York"'),
        ("city", "is empty", [""], "city is empty"),
        ("spent", "between", ["1", "2"], "spent between 1 and 2"),
        ("country", "in", ["FR", "DE"], "country in (FR, DE)"),
        ("country", "in", ["FR, DE"], "country in (FR, DE)"),
        ("last_order", ">", ["-90d"], "last_order > -90d"),
        ("city", "=", ['O"Hara \\ and'], 'city = "O\\"Hara \\\\ and"'),
    ],
)
def test_a_new_condition_is_folded_into_the_query(
    owner: Someone, f: str, o: str, v: list[str], where: str
) -> None:
    fill(owner.store, 2)
    answer = owner.client.get(URL, {"f": f, "o": o, "v": v, "where": "tag = a", "sort": "email"})
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {"where": [f"tag = a and {where}"], "sort": ["email"]}
    quiet = owner.client.get(URL, {"f": f, "o": o, "v": v, "where": "tag = a"}, headers=HTMX)
    pushed = parse_qs(urlsplit(quiet.headers["HX-Push-Url"]).query)["where"]
    assert pushed == [f"tag = a and {where}"]
    assert "data-chip=" in page(owner, "?where=" + quote(pushed[0]))


def test_a_condition_without_a_value_changes_nothing(owner: Someone) -> None:
    fill(owner.store, 1)
    answer = owner.client.get(URL, {"f": "city", "o": "=", "v": "", "where": "tag = a"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"where": ["tag = a"]}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("f", "o", "v"),
    [
        ("nonsense", "=", "x"),
        ("city", "~~", "x"),
        ("city", "=", "a\x00b"),
        ("phone", "=", "a\x00b"),
        ("tags", "=", "a\x00b"),
        ("email", "=", "\x00@\x00"),
        ("external_id", "contains", "x\x00"),
        ("spent", ">", "9" * 6000),
        ("spent", ">", "NaN"),
        ("points", ">", "9" * 40),
        ("number", "=", "１２"),
        ("age", ">", "9" * 12),
        ("created", ">", "99999d"),
        ("created", ">", "-99999y"),
        ("created", "=", "0001-01-01"),
        ("created", "=", "9999-12-31"),
        ("birthdate", "=", "9999-12-31"),
        ("birthdate", "<", "31/12/1999"),
        ("country", "=", "x" * 5000),
        ('city" or 1=1 --', "=", "x"),
        ("city", "between", "x"),
        ("phone", "contains", "abc"),
        ("group", "=", "nobody"),
        ("state", "=", "%"),
        ("accepts_marketing", "=", "perhaps"),
    ],
)
def test_no_condition_can_break_the_page(owner: Someone, f: str, o: str, v: str, htmx: bool) -> None:
    """An unknown field, operator or value shows an error chip and no rows, never an error page and never everybody."""
    fill(owner.store, 2)
    answer = owner.client.get(URL, {"f": f, "o": o, "v": v}, headers=HTMX if htmx else {}, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert ids_on(text) == [] or "data-chip=" in text


@pytest.mark.parametrize(
    "where",
    [
        "nonsense = 1",
        "city ~ x",
        "country =",
        "country = FR and",
        "(" * 50,
        "not " * 500 + "tag = a",
        '"',
        "spent > abc",
        "x" * 5000,
        "tag = a or nonsense = 1",
        "spent contains 4",
        "country = FR)",
        " or ".join(["tag = a"] * 150),
        "\x00",
        "tag = \u202e",
    ],
)
def test_a_query_that_cannot_be_understood_shows_no_rows_and_says_why(owner: Someone, where: str) -> None:
    fill(owner.store, 2)
    text = page(owner, "?where=" + quote(where))
    if where in ("\x00",):
        return
    assert ids_on(text) == []
    if where != "tag = \u202e":
        assert "cannot be understood" in text and 'class="chip wrong"' in text
    assert owner.client.get(f"{URL}count/?where={quote(where)}").status_code in (200, 422)


def test_one_wrong_part_is_marked_and_can_be_dropped(owner: Someone) -> None:
    fill(owner.store, 2)
    text = page(owner, "?where=" + quote("tag = a and spendd > 3"))
    assert "Did you mean “spent”" in html.unescape(text) and text.count('class="chip wrong"') == 1
    assert html.escape("where=tag+%3D+a") in text


def test_deep_links_keep_working(owner: Someone) -> None:
    """Addresses that people saved: other order, empty and unknown parameters, what a later version may add."""
    fill(owner.store, 3)
    for query in (
        "?where=&q=&sort=&columns=&after=&before=&size=",
        "?utm_source=mail&seen=7&where=country+%3D+fr",
        "?where=COUNTRY%20%3D%20France",
        "?sort=nonsense&size=abc&tab=%00",
        "?sort=-&size=-1",
        "?size=99999999999999999999999",
        "?size=" + "9" * 5000,
        "?size=%C2%B2",
        "?where=tag%20%3D%20a%20AND%20country%20IN%20(FR,DE)",
    ):
        assert len(ids_on(page(owner, query))) == 3, query


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "AAAA",
        "W10",
        "bnVsbA",
        "WzAsbnVsbCxudWxsXQ",
        "é",
        "%00",
        "a" * 5000,
        "WzEyLG51bGwsIjAxOWEwMTJhLTQ1MjQtN2IyMC04NzJkLWMxOGEyODQyZTQzMCJd",
    ],
)
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_damaged_page_key_is_a_clear_error(owner: Someone, cursor: str, side: str) -> None:
    fill(owner.store, 2)
    text = page(owner, f"?{side}={cursor}")
    assert ids_on(text) == [] and "damaged" in text


def test_the_count_alone(owner: Someone) -> None:
    fill(owner.store, 3)
    assert owner.client.get(f"{URL}count/?where=tag+%3D+a").content == b"3"


# --- what is empty


def test_an_empty_store_offers_what_the_person_may_do(
    owner: Someone, clerk: Someone, viewer: Someone
) -> None:
    assert "imports/new/" in page(owner) and "customers/new/" in page(owner)
    assert "imports/new/" not in page(clerk) and "customers/new/" in page(clerk)
    assert "customers/new/" not in page(viewer)


def test_nothing_found_says_which_condition_hides_how_many(owner: Someone) -> None:
    fill(owner.store, 3)
    text = page(owner, "?where=" + quote("country = FR and city = Nowhere"))
    assert "The condition on city hides 3" in text and html.escape("where=country+%3D+FR") in text
    assert "Nothing matches" in page(owner, "?q=zzzz")


# --- nothing stored can act on the page


def test_strings_that_try_to_be_markup_are_shown_as_text(owner: Someone) -> None:
    evil = [one for one in naughty_strings() if "<" in one or '"' in one or "'" in one][:150]
    assert len(evil) >= 5
    services.insert_customers(
        store=owner.store,
        records=[
            {
                "first_name": one[:100],
                "company": one[:200],
                "city": one,
                "tags": [one[:60].replace(",", "") or "x"],
                "external_id": str(at),
                "note": one,
                "address": one,
            }
            for at, one in enumerate(evil)
            if "\x00" not in one and "\ud800" not in one
        ],
        now=NOW,
    )
    text = page(owner, "?size=200&columns=name,company,city,tags,note,address,external_id")
    assert (
        "<script>" not in text.replace("<script src", "")
        and "<img src=x" not in text
        and "<svg onload" not in text.lower()
    )
    assert html.escape("<script>alert(1)</script>") in text
    for one in evil[:8]:
        where = "city = " + json.dumps(one[:100], ensure_ascii=False)
        for query in (f"?q={quote(one, errors='replace')}", f"?where={quote(where, errors='replace')}"):
            shown = page(owner, query)
            assert (
                "<script>alert" not in shown.lower()
                and "<img src=x" not in shown
                and "onerror=alert(1)>" not in shown
            )


def test_the_policy_forbids_inline_script(owner: Someone) -> None:
    policy = owner.client.get(URL).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_other_resources_do_not_exist(owner: Someone) -> None:
    for name in ("order", "staff", "nonsense", "customer"):
        assert owner.client.get(f"/desk/shop/{name}/").status_code == 404
        assert owner.client.post(f"/desk/shop/{name}/actions/archive/").status_code == 404


def test_a_store_shows_its_own_customers_only(owner: Someone, other_store: Store) -> None:
    """P-24."""
    services.create_customer(
        store=other_store, values={"first_name": "Foreign"}, actor=system("Tests"), now=NOW
    )
    assert "Foreign" not in page(owner, "?tab=all") and "Foreign" not in page(owner, "?q=foreign&tab=all")


def test_a_condition_longer_than_a_query_may_be_is_refused(owner: Someone) -> None:
    tags = ",".join(f"tag{number}" for number in range(2000))
    answer = owner.client.get(URL, {"f": "tags", "o": "in", "v": tags}, headers=HTMX)
    assert answer.status_code == 200
    assert "longer than 4000" in answer.content.decode()
