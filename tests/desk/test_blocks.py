"""The block list in the desk: a rule is rehearsed, added, changed, removed; customers are blocked from their page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.blocklist import services
from regulars.blocklist.models import Rule
from regulars.blocklist.services import may_order
from regulars.customers.models import Customer
from regulars.stores.models import Store
from tests.blocklist.conftest import ME, make_rule
from tests.factories import make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
URL = "/desk/shop/blocks/"
NEW = {"kind": "domain", "value": "spam.test", "list": "block", "mode": "active"}
HTMX = {"HX-Request": "true"}


def rule_of(store: Store, kind: str = "email", value: str = "jane.doe@spam.test", **others: Any) -> Rule:
    return make_rule(store, kind, value, now=timezone.now(), **others)


@pytest.mark.parametrize(
    ("who", "see", "add"),
    [
        ("owner", 200, 200),
        ("manager", 200, 200),
        ("clerk", 200, 403),
        ("viewer", 200, 403),
        ("other_owner", 404, 404),
    ],
)
def test_who_may_see_and_add(
    request: pytest.FixtureRequest, store: Store, who: str, see: int, add: int
) -> None:
    rule = rule_of(store)
    client: Client = request.getfixturevalue(who).client
    assert client.get(URL).status_code == see
    assert client.get(f"{URL}{rule.pk}/").status_code == see
    assert client.get(f"{URL}{rule.pk}/edit/").status_code == add
    assert client.get(f"{URL}new/").status_code == add
    before = Rule.objects.count()
    for path, data in (
        ("new/", NEW),
        ("rehearsal/", NEW),
        (f"{rule.pk}/edit/", {"mode": "shadow"}),
        (f"actions/remove/?id={rule.pk}", {"confirmed": "1"}),
    ):
        answer = client.post(f"{URL}{path}", data)
        assert (answer.status_code in (200, 204, 302)) == (add == 200), path
    changed = (before + 1, None) if add == 200 else (before, None)
    assert Rule.objects.count() == changed[0]
    rule.refresh_from_db()
    assert (rule.removed_at is not None) == (rule.mode == "shadow") == (add == 200)


def test_a_stranger_is_sent_to_sign_in(store: Store, anonymous: Client) -> None:
    for path in ("", "new/", f"{rule_of(store).pk}/"):
        assert anonymous.get(f"{URL}{path}").status_code == 302


def test_a_rule_of_another_store_is_not_found(other_store: Store, owner: Someone) -> None:
    rule = rule_of(other_store)
    assert owner.client.get(f"{URL}{rule.pk}/").status_code == 404
    assert owner.client.get(f"{URL}{rule.pk}/edit/").status_code == 404
    assert owner.client.post(f"{URL}actions/remove/?id={rule.pk}", {"confirmed": "1"}).status_code in (
        302,
        404,
    )
    rule.refresh_from_db()
    assert rule.removed_at is None


def test_values_are_masked_for_who_may_not_see_them(store: Store, clerk: Someone, viewer: Someone) -> None:
    rule = rule_of(store)
    for path in ("", f"{rule.pk}/", "?where=value+contains+doe", "?q=jane.doe"):
        assert "jane.doe@spam.test" in clerk.client.get(f"{URL}{path}").content.decode() or path == ""
        page = viewer.client.get(f"{URL}{path}").content.decode()
        assert "jane.doe@spam.test" not in page
    found = viewer.client.get(f"{URL}?where=value+contains+doe").content.decode()
    assert "j…@spam.test" not in found  # nor can one feel one's way to it, letter by letter


def test_the_rehearsal_shows_whom_a_rule_meets(store: Store, owner: Someone) -> None:
    make_customer(store, first_name="Ada", email="ada@spam.test")
    part = owner.client.post(f"{URL}rehearsal/", NEW, headers=HTMX).content.decode()
    assert "1 customer is meant" in part and "Ada" in part and "Show them in the list" in part
    doubted = owner.client.post(f"{URL}rehearsal/", NEW | {"value": "gmail.com"}, headers=HTMX)
    assert 'name="confirmed"' in doubted.content.decode()
    wrong = owner.client.post(f"{URL}rehearsal/", NEW | {"value": "<b>"}, headers=HTMX).content.decode()
    assert "Write a domain" in wrong and "<b>x" not in wrong
    own = owner.client.post(f"{URL}rehearsal/", NEW | {"kind": "ip", "value": "127.0.0.0/24"}, headers=HTMX)
    assert "address you are using" in own.content.decode()
    assert not Rule.objects.exists()


def test_a_rule_is_added_through_the_last_day(store: Store, owner: Someone) -> None:
    day = (timezone.now() + timedelta(days=3)).date()
    answer = owner.client.post(f"{URL}new/", NEW | {"reason": "Spam", "expires": day.isoformat()})
    rule = Rule.objects.get()
    assert answer["Location"] == f"{URL}{rule.pk}/"
    assert rule.expires_at is not None
    assert rule.expires_at.astimezone(store.zone).isoformat()[:16] == f"{day + timedelta(days=1)}T00:00"
    page = owner.client.get(answer["Location"]).content.decode()
    assert "spam.test" in page and "Spam" in page
    assert f'value="{day.isoformat()}"' in owner.client.get(f"{URL}{rule.pk}/edit/").content.decode()


def test_a_whole_provider_wants_a_second_yes(owner: Someone) -> None:
    wide = NEW | {"value": "gmail.com"}
    answer = owner.client.post(f"{URL}new/", wide)
    assert answer.status_code == 422 and 'name="confirmed"' in answer.content.decode()
    assert not Rule.objects.exists()
    assert owner.client.post(f"{URL}new/", wide | {"confirmed": "true"}).status_code == 302
    assert Rule.objects.count() == 1


def test_what_was_typed_stays_and_a_twin_is_named(store: Store, owner: Someone) -> None:
    rule = rule_of(store)
    answer = owner.client.post(
        f"{URL}new/", NEW | {"kind": "email", "value": "JANE.doe@spam.test", "reason": "kept words"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and f"{URL}{rule.pk}/" in page and "kept words" in page
    answer = owner.client.post(f"{URL}new/", NEW | {"value": '"><script>x</script>'})
    assert answer.status_code == 422 and "<script>x" not in answer.content.decode()


def test_a_rule_is_removed_and_brought_back(store: Store, owner: Someone) -> None:
    customer = make_customer(store, email="jane.doe@spam.test")
    rule = rule_of(store)
    owner.client.post(f"{URL}actions/remove/?id={rule.pk}", {"confirmed": "1"})
    customer.refresh_from_db()
    assert not customer.blocked
    # Its page leads to the list, with the way back.
    answer = owner.client.get(f"{URL}{rule.pk}/", follow=True)
    assert answer.redirect_chain[0][0] == URL
    (undo_url,) = [message.extra_tags for message in answer.context["messages"] if "removed" in str(message)]
    owner.client.post(undo_url)
    customer.refresh_from_db()
    assert customer.blocked and owner.client.get(f"{URL}{rule.pk}/").status_code == 200


def test_a_customer_is_blocked_and_let_in_again_from_their_page(store: Store, clerk: Someone) -> None:
    customer = make_customer(store, first_name="Ada", email="ada@spam.test")
    base, page_url = "/desk/shop/customers/", f"/desk/shop/customers/{customer.pk}/"
    assert "Block customer" in clerk.client.get(page_url).content.decode()
    asked = clerk.client.post(f"{base}actions/block/?id={customer.pk}").content.decode()
    assert "cannot register, sign in, order" in asked
    clerk.client.post(
        f"{base}actions/block/?id={customer.pk}", {"confirmed": "1", "reason": "Three <b>chargebacks</b>"}
    )
    page = clerk.client.get(page_url).content.decode()
    assert "Blocked since" in page and "Three &lt;b&gt;chargebacks" in page and "Unblock" in page
    assert "Ada" in clerk.client.get(f"{base}?tab=blocked").content.decode()
    clerk.client.post(f"{base}actions/unblock/?id={customer.pk}", {"confirmed": "1"})
    assert "Blocked since" not in clerk.client.get(page_url).content.decode()
    assert may_order(store=store, email="ada@spam.test", now=timezone.now()).allowed


def test_a_viewer_cannot_block(store: Store, viewer: Someone) -> None:
    customer = make_customer(store, email="ada@spam.test")
    assert "Block customer" not in viewer.client.get(f"/desk/shop/customers/{customer.pk}/").content.decode()
    answer = viewer.client.post(f"/desk/shop/customers/actions/block/?id={customer.pk}", {"confirmed": "1"})
    assert answer.status_code == 403 and not Customer.objects.get().blocked


def test_a_customer_blocked_by_a_rule_of_the_list_points_to_it(store: Store, owner: Someone) -> None:
    rule = rule_of(store, "domain", "spam.test", reason="Throwaway")
    customer = make_customer(store, email="ada@spam.test")
    page = owner.client.get(f"/desk/shop/customers/{customer.pk}/").content.decode()
    assert "Throwaway" in page and f"{URL}{rule.pk}/" in page


def test_the_page_of_a_rule_asks_the_same_few_questions(
    store: Store, owner: Someone, django_assert_max_num_queries: Any
) -> None:
    rule = rule_of(store, "domain", "spam.test")
    for number in range(30):
        make_customer(store, email=f"p{number}@spam.test")
        may_order(store=store, email=f"p{number}@spam.test", now=timezone.now() - timedelta(days=number))
    with django_assert_max_num_queries(45):
        page = owner.client.get(f"{URL}{rule.pk}/").content.decode()
    assert "30 customers are meant" in page


def test_a_forgotten_person_says_so(store: Store, owner: Someone) -> None:
    rule = rule_of(store)
    Rule.objects.filter(pk=rule.pk).update(value="")
    page = owner.client.get(f"{URL}{rule.pk}/").content.decode()
    assert "was forgotten" in page and "j…@spam.test" in page


def test_a_list_and_its_actions_work_on_every_kind(store: Store, owner: Someone) -> None:
    customer = make_customer(store, first_name="Ada", email="ada@x.test")
    for kind, value in (("ip", "203.0.113.0/24"), ("phone", "+33612345678"), ("domain", "münchen.example")):
        rule_of(store, kind, value)
    services.block_customers(
        store=store, ids=[customer.pk], inputs={}, actor=ME, now=timezone.now(), change_set=None
    )
    page = owner.client.get(URL).content.decode()
    for text in (
        "203.0.113.0/24",
        "+33 6 12 34 56 78",
        "münchen.example (xn--mnchen-3ya.example)",
        "Ada (#1)",
    ):
        assert text in page
    for rule in Rule.objects.all():
        assert owner.client.get(f"{URL}{rule.pk}/").status_code == 200
    for query in (
        "q=ada",
        "q=203.0.113.9",
        "where=value+%3D+%220612345678%22",
        "where=kind+%3D+ip",
        "where=hits+%3D+0",
    ):
        assert owner.client.get(f"{URL}?{query}").status_code == 200
