"""The desk's pages of duplicates and merging."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.duplicates import services
from regulars.duplicates.models import Merge, Pair
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.people import Someone

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
URL = "/desk/shop/duplicates/"


@pytest.fixture
def pair(store: Store) -> Pair:
    for name, email in (("<b>Ada</b>", "ada@example.com"), ("<b>Ada</b>", "")):
        make_customer(store, first_name=name, last_name="Lovelace", phone="+33612345678", email=email)
    services.scan(store=store, full=True, now=NOW)
    return Pair.objects.get()


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def merge_url(pair: Pair) -> str:
    return f"{URL}merge/?id={pair.first_id}&id={pair.second_id}"


def test_the_queue_shows_pairs_side_by_side(pair: Pair, owner: Someone) -> None:
    page = text_of(owner.client.get(URL))
    assert "Same phone +33 6 12 34 56 78" in page and "ada@example.com" in page
    assert "<b>Ada</b>" not in page and "Merge…" in page and 'data-key="n"' in page
    assert re.search(r'href="/desk/shop/duplicates/"[^>]*aria-current="page"', page)
    assert "No pairs here" in text_of(owner.client.get(f"{URL}?show=weak"))
    assert "No pairs for this reason" in text_of(owner.client.get(f"{URL}?reason=company"))
    assert "ada@example.com" in text_of(owner.client.get(f"{URL}?reason=phone&pair={pair.pk}"))


@pytest.mark.parametrize(
    "query", ["show=nonsense", "reason=%00", "pair=x", "customer=1", f"pair={UUID(int=1)}"]
)
def test_made_up_addresses_are_answered(pair: Pair, owner: Someone, query: str) -> None:
    assert owner.client.get(f"{URL}?{query}").status_code == 200


def test_empty_and_never_looked(store: Store, owner: Someone) -> None:
    assert "Nobody has looked" in text_of(owner.client.get(URL))
    services.scan(store=store, full=True, now=NOW)
    assert "No likely duplicates" in text_of(owner.client.get(URL))
    assert "Nothing was merged yet" in text_of(owner.client.get(f"{URL}?show=merged"))


def test_verdicts_are_kept_shown_and_undone(pair: Pair, owner: Someone) -> None:
    answer = owner.client.post(f"{URL}decide/", {"pair": [str(pair.pk)], "verdict": "different"})
    assert answer.headers["Location"] == URL
    page = text_of(owner.client.get(URL))
    [undo] = re.findall(r'data-undo="([^"]+/undo/)"', page)
    assert "No likely duplicates" in page
    decided = text_of(owner.client.get(f"{URL}?show=different"))
    assert owner.actor.name in decided and "Open again" in decided
    told = text_of(owner.client.get(f"/desk/shop/customers/{pair.first_id}/"))
    assert "Not the same person as #2" in told
    assert owner.client.post(undo).status_code == 302
    pair.refresh_from_db()
    assert pair.verdict == "" and pair.decided_by_name == ""


def test_deciding_about_nothing_or_nonsense_changes_nothing(pair: Pair, owner: Someone) -> None:
    for data, status in (
        ({"verdict": "different"}, 409),
        ({"pair": str(pair.pk), "verdict": "nonsense"}, 422),
        ({"pair": str(uuid4()), "verdict": "different"}, 404),
    ):
        assert owner.client.post(f"{URL}decide/", data).status_code == status
    pair.refresh_from_db()
    assert pair.verdict == ""
    away = {"pair": str(pair.pk), "verdict": "household", "back": "https://evil.test/?x=1", "next": "//evil"}
    assert owner.client.post(f"{URL}decide/", away).headers["Location"] == URL


def test_merge_page_previews_merges_and_is_undone(pair: Pair, owner: Someone) -> None:
    first, second = pair.first_id, pair.second_id
    page = text_of(owner.client.get(merge_url(pair)))
    assert "goes into" in page and "As proposed" in page and "<b>Ada</b>" not in page
    chosen = {"id": [str(first), str(second)], "into": str(second), "keep.email": str(second)}
    part = text_of(owner.client.post(f"{URL}merge/preview/", chosen, headers=HTMX))
    assert "<html" not in part and f'value="{second}" checked' in part
    assert Customer.objects.count() == 2
    answer = owner.client.post(f"{URL}merge/", chosen)
    assert answer.headers["Location"] == f"/desk/shop/customers/{second}/"
    kept = Customer.objects.get()
    assert kept.pk == second and kept.email == ""
    page = text_of(owner.client.get(answer.headers["Location"]))
    assert "#1 went into this customer" in page and "before the merge, as #1" in page
    gone = owner.client.get(f"/desk/shop/customers/{first}/")
    assert gone.headers["Location"] == f"/desk/shop/customers/{second}/"
    [undo] = re.findall(r'data-undo="([^"]+/undo/)"', page)
    owner.client.post(undo)
    assert Customer.objects.count() == 2 and Customer.objects.get(pk=first).email == "ada@example.com"


def test_the_list_of_merges_splits_again(pair: Pair, owner: Someone) -> None:
    owner.client.post(f"{URL}merge/", {"id": [str(pair.first_id), str(pair.second_id)]})
    page = text_of(owner.client.get(f"{URL}?show=merged"))
    [undo] = re.findall(r'action="([^"]+/undo/)"', page)
    answer = owner.client.post(undo)
    assert answer.headers["Location"] == f"/desk/shop/customers/{pair.second_id}/"
    assert not Merge.objects.exists() and Customer.objects.count() == 2
    assert owner.client.post(undo).status_code == 404


def test_merge_page_refuses_in_words(pair: Pair, owner: Someone, other_store: Store) -> None:
    stranger = make_customer(other_store)
    for url, status in (
        (f"{URL}merge/", 422),
        (f"{URL}merge/?id={pair.first_id}", 409),
        (f"{URL}merge/?id={pair.first_id}&id={stranger.pk}", 404),
        (f"{URL}merge/?id={pair.first_id}&id={uuid4()}", 404),
    ):
        answer = owner.client.get(url)
        assert answer.status_code == status, url
    assert Customer.objects.count() == 3


def test_the_record_hints_at_the_pair(pair: Pair, owner: Someone) -> None:
    page = text_of(owner.client.get(f"/desk/shop/customers/{pair.first_id}/"))
    assert "Possible duplicate" in page and f"pair={pair.pk}" in page
    owner.client.post(f"{URL}decide/", {"pair": str(pair.pk), "verdict": "household"})
    page = text_of(owner.client.get(f"/desk/shop/customers/{pair.first_id}/"))
    assert "Possible duplicate" not in page


def test_the_list_sends_picked_customers_to_the_page(pair: Pair, owner: Someone) -> None:
    answer = owner.client.post(
        "/desk/shop/customers/actions/merge/", {"id": [str(pair.first_id), str(pair.second_id)]}
    )
    assert answer.headers["Location"].startswith(f"{URL}merge/?id=")


def test_looking_again_shows_progress(pair: Pair, owner: Someone) -> None:
    assert owner.client.post(f"{URL}scan/").headers["Location"] == URL
    part = text_of(owner.client.get(URL, headers=HTMX))
    assert "every 1s" in part and "Looking at every customer" in part
    assert owner.client.post(f"{URL}scan/").status_code == 409
    execute_run(run_id=Run.objects.get(kind="duplicates.scan").pk)
    assert "every 1s" not in text_of(owner.client.get(URL, headers=HTMX))


@pytest.mark.parametrize(
    ("who", "sees", "acts"),
    [
        ("owner", 200, 302),
        ("manager", 200, 302),
        ("clerk", 200, 403),
        ("viewer", 200, 403),
        ("other_owner", 404, 404),
        ("anonymous", 302, 302),
    ],
)
def test_who_may(pair: Pair, who: str, sees: int, acts: int, request: pytest.FixtureRequest) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    answer = client.get(URL)
    assert answer.status_code == sees
    if sees == 200:
        assert ("Merge…" in text_of(answer)) == (acts == 302)
    ids = {"id": [str(pair.first_id), str(pair.second_id)]}
    allowed = who in ("owner", "manager")
    assert client.get(merge_url(pair)).status_code == (200 if allowed else acts)
    decided = client.post(f"{URL}decide/", {"pair": str(pair.pk), "verdict": "household"})
    assert decided.status_code == acts
    pair.refresh_from_db()
    assert (pair.verdict == "household") == allowed
    assert client.post(f"{URL}merge/preview/", ids).status_code == (200 if allowed else acts)
    assert client.post(f"{URL}scan/").status_code == acts
    assert Run.objects.exists() == allowed
    assert client.post(f"{URL}merge/", ids).status_code == acts
    assert Customer.objects.count() == (1 if allowed else 2)
    if allowed:
        undo = f"{URL}merged/{Merge.objects.get().pk}/undo/"
        assert client.post(undo).status_code == acts


def test_another_stores_merge_is_not_found(pair: Pair, owner: Someone, other_owner: Someone) -> None:
    owner.client.post(f"{URL}merge/", {"id": [str(pair.first_id), str(pair.second_id)]})
    merge = Merge.objects.get()
    other = URL.replace("/shop/", "/other/")
    assert other_owner.client.post(f"{other}merged/{merge.pk}/undo/").status_code == 404
    assert other_owner.client.get(f"{other}merge/?id={pair.first_id}&id={pair.second_id}").status_code == 404
    assert Merge.objects.exists()


def test_the_queries_of_the_queue_stay_the_same_for_more_pairs(
    pair: Pair, store: Store, owner: Someone, django_assert_max_num_queries: Any
) -> None:
    for at in range(12):
        for _twin in range(2):
            make_customer(store, first_name="Max", last_name=f"Number{at}", phone=f"+336123456{at:02}")
    services.scan(store=store, full=True, now=NOW)
    assert Pair.objects.count() > 10
    owner.client.get(URL)
    with django_assert_max_num_queries(30):
        owner.client.get(URL)
