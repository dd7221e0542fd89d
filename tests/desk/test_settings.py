"""The settings pages: what they do for those who may."""

import re

from django.core import mail

from regulars.staff import queries
from regulars.staff.models import ApiToken, Invitation
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.people import Someone

GOOD = {
    "name": "Shop & Söhne",
    "currency": "CHF",
    "country": "CH",
    "time_zone": "Europe/Zurich",
    "language": "de",
    "new_days": "14",
    "loyal_orders": "3",
    "loyal_days": "200",
    "at_risk_days": "120",
    "lapsed_days": "400",
    "commission_percent": "7.50",
    "delete_policy": "never",
}


def test_owner_changes_the_store(owner: Someone) -> None:
    assert owner.client.post("/desk/shop/settings/", GOOD).status_code == 302
    store = Store.objects.get()
    assert {name: str(getattr(store, name)) for name in GOOD} == GOOD
    assert Event.objects.get(key="store.edited").after["currency"] == "CHF"


def test_wrong_settings_are_shown_at_their_field_and_nothing_is_saved(owner: Someone) -> None:
    answer = owner.client.post("/desk/shop/settings/", GOOD | {"currency": "GOLD", "loyal_days": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="id_currency-problem"' in page and 'id="id_loyal_days-problem"' in page
    assert Store.objects.get().name == "Shop"


def test_a_currency_outside_the_list_survives_a_save(owner: Someone) -> None:
    Store.objects.update(currency="XAU")
    page = owner.client.get("/desk/shop/settings/").content.decode()
    assert '<option value="XAU" selected>' in page
    owner.client.post("/desk/shop/settings/", GOOD | {"currency": "XAU"})
    assert Store.objects.get().currency == "XAU"


def test_owner_invites_sends_again_and_withdraws(owner: Someone) -> None:
    answer = owner.client.post(
        "/desk/shop/settings/people/invite/", {"email": "New@shop.test", "role": "clerk"}, follow=True
    )
    assert "new@shop.test" in answer.content.decode()
    row = Invitation.objects.get()
    base = f"/desk/shop/settings/people/invitations/{row.pk}/"
    assert owner.client.post(base + "resend/").status_code == 302
    assert len(mail.outbox) == 2 and mail.outbox[1].to == ["new@shop.test"]
    assert owner.client.post(base + "withdraw/").status_code == 302
    assert "new@shop.test" not in owner.client.get("/desk/shop/settings/people/").content.decode()


def test_inviting_a_member_is_explained(owner: Someone, clerk: Someone) -> None:
    answer = owner.client.post(
        "/desk/shop/settings/people/invite/", {"email": clerk.user.email, "role": "clerk"}
    )
    assert answer.status_code == 422 and "works for this store already" in answer.content.decode()


def test_owner_changes_roles_and_ends_access(owner: Someone, clerk: Someone) -> None:
    base = f"/desk/shop/settings/people/{clerk.user.pk}/"
    owner.client.post(base + "role/", {"role": "viewer"})
    access = queries.find_access(slug="shop", user_id=clerk.user.pk)
    assert access is not None and access.role == "viewer"
    owner.client.post(base + "remove/")
    assert queries.find_access(slug="shop", user_id=clerk.user.pk) is None
    assert clerk.client.get("/desk/shop/settings/people/").status_code == 404


def test_manager_sees_people_without_buttons(owner: Someone, manager: Someone) -> None:
    owner.client.post("/desk/shop/settings/people/invite/", {"email": "new@shop.test", "role": "clerk"})
    page = manager.client.get("/desk/shop/settings/people/").content.decode()
    assert owner.user.email in page and "new@shop.test" in page
    assert "/invitations/" not in page and 'action=""' not in page
    assert "/remove/" not in page and "/role/" not in page and "/invite/" not in page


def test_a_new_token_is_shown_once(owner: Someone) -> None:
    url = "/desk/shop/settings/tokens/"
    page = owner.client.post(url, {"name": "Till", "role": "clerk"}).content.decode()
    found = re.search(r"reg_[\w-]{32,}", page)
    assert found and queries.find_token(secret=found[0]) is not None
    assert found[0] not in owner.client.get(url).content.decode()
    token = ApiToken.objects.get()
    owner.client.post(f"{url}{token.pk}/revoke/")
    assert queries.find_token(secret=found[0]) is None


def test_names_are_shown_as_text(owner: Someone) -> None:
    evil = "<script>alert(1)</script>"
    owner.client.post("/desk/shop/settings/", GOOD | {"name": evil})
    owner.client.post("/desk/shop/settings/tokens/", {"name": evil, "role": "clerk"})
    assert evil not in owner.client.get("/desk/shop/settings/tokens/").content.decode()


def test_the_pin_of_the_counter_is_found_among_the_settings(owner: Someone, manager: Someone) -> None:
    link = 'href="/desk/shop/offers/settings/"'
    assert link in owner.client.get("/desk/shop/settings/").content.decode()
    assert link not in manager.client.get("/desk/shop/settings/people/").content.decode()
