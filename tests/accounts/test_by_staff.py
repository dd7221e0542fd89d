"""What staff do about customers' logins, through the pages, the API and the services; and opening the portal."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.choices import Login
from regulars.accounts.models import Account, Session, Settings, Token, Visit
from regulars.accounts.queries import login_of
from regulars.accounts.rules import ENTER_WITHIN
from regulars.customers.models import Customer
from regulars.kit.errors import NotAllowed, Refused
from regulars.resources.action import Outcome
from regulars.resources.idempotency import IdempotencyKey
from regulars.resources.resource import get_resource
from regulars.staff.models import Membership
from regulars.staff.services import create_token
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from tests import factories
from tests.accounts.people import (
    PASSWORD,
    accounts_settings,
    link_in,
    make_account,
    open_shop,
    visitor_client,
    write_mail,
)
from tests.people import Someone, sign_in

HOME = "/shop/shop/account/"
SIGN_IN = f"{HOME}sign-in/"
FORM = {"email": "nora@example.com", "password": PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store)


@pytest.fixture
def manager(store: Store) -> Someone:
    return sign_in(store, "manager")  # type: ignore[arg-type]


@pytest.fixture
def clerk(store: Store) -> Someone:
    return sign_in(store, "clerk")  # type: ignore[arg-type]


def do(service: Any, who: Someone, *customers: Customer, **inputs: Any) -> Outcome:
    outcome: Outcome = service(
        store=who.store, ids=[one.pk for one in customers], inputs=inputs, actor=who.actor, now=timezone.now(),
        change_set=None,
    )  # fmt: skip
    return outcome


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_a_login_mail_invites_whoever_has_none(store: Store, clerk: Someone, account: Account) -> None:
    guest = factories.make_customer(store, email="ida@example.com")
    nobody = factories.make_customer(store, first_name="No mail")
    outcome = do(services.resend_login_email, clerk, guest, account.customer, nobody)
    assert set(outcome.done) == {guest.pk, account.customer_id}
    assert outcome.skipped == {nobody.pk: "has no e-mail"}
    assert login_of(store=store, customer_id=guest.pk, now=timezone.now()) == Login.INVITED
    mails = {one.to: one for one in write_mail()}
    assert "/account/sign-in/" in mails["nora@example.com"].body
    assert not mails["nora@example.com"].opens_access
    assert mails["ida@example.com"].opens_access
    events = Event.objects.filter(key="account.login_mailed")
    assert events.count() == 2
    assert ChangeSet.objects.get(pk=outcome.change_set).actor_id == clerk.user.pk
    client = Client()
    link = link_in(mails["ida@example.com"])
    assert client.post(link, {"password": PASSWORD}).status_code == 200
    assert client.post(SIGN_IN, {"email": "ida@example.com", "password": PASSWORD}).url == HOME
    guest.refresh_from_db()
    assert guest.has_account
    assert client.post(link, {"password": "another-secret-99"}).status_code == 422


def test_an_invited_guest_can_still_sign_up(store: Store, clerk: Someone) -> None:
    guest = factories.make_customer(store, email="ida@example.com")
    do(services.resend_login_email, clerk, guest)
    write_mail()
    client = Client()
    form = {
        "first_name": "I",
        "last_name": "H",
        "email": "ida@example.com",
        "language": "en",
        "password": PASSWORD,
    }
    client.post(f"{HOME}new/", form)
    client.post(link_in(write_mail()[0]))
    assert is_in(client)
    assert Account.objects.get().customer_id == guest.pk


def test_a_reset_shows_a_password_once_and_ends_all_sessions(
    store: Store, manager: Someone, account: Account
) -> None:
    client = visitor_client(store, account.customer)
    outcome = do(services.reset_password, manager, account.customer)
    temporary = outcome.said[account.customer_id]
    assert not is_in(client)
    assert Client().post(SIGN_IN, FORM).status_code == 422
    answer = client.post(SIGN_IN, FORM | {"password": temporary})
    assert answer.url == f"{SIGN_IN}password/"
    assert not is_in(client)
    assert client.post(answer.url, {"password": temporary}).status_code == 422
    assert client.post(answer.url, {"password": "another-secret-99"}).url == HOME
    assert is_in(client)
    assert Client().post(SIGN_IN, FORM | {"password": temporary}).status_code == 422
    kept = str(list(Event.objects.values_list("before", "after", "data")))
    assert temporary not in kept
    mails = write_mail()
    assert mails
    assert all(temporary not in mail.body for mail in mails)


def test_what_was_changed_is_told_in_the_customers_language(
    store: Store, manager: Someone, account: Account
) -> None:
    accounts_settings(store, second_step="optional")
    Customer.objects.update(language="fr")
    do(services.reset_password, manager, account.customer)
    do(services.update_mfa, manager, account.customer, phone="+33612345678", status="sms_on")
    told = " ".join(mail.subject + mail.body for mail in write_mail())
    assert "un autre numéro de téléphone, SMS activés" in told
    assert "another phone" not in told and "was reset" not in told
    assert "another phone number" in str(Event.objects.get(key="account.mfa_updated").data)


def test_a_temporary_password_expires(store: Store, manager: Someone, account: Account) -> None:
    temporary = do(services.reset_password, manager, account.customer).said[account.customer_id]
    Account.objects.update(password_until=timezone.now() - timedelta(seconds=1))
    assert Client().post(SIGN_IN, FORM | {"password": temporary}).status_code == 422


def test_the_default_password_of_a_store(store: Store, manager: Someone, account: Account) -> None:
    accounts_settings(store, default_password="market-square-77")
    ida = make_account(store, "ida@example.com")
    outcome = do(services.reset_password, manager, account.customer, ida.customer)
    assert outcome.said == {}
    assert len(outcome.done) == 2
    client = Client()
    answer = client.post(SIGN_IN, FORM | {"password": "market-square-77"})
    assert answer.url == f"{SIGN_IN}password/"
    assert client.post(answer.url, {"password": "market-square-77"}).status_code == 422
    assert "market-square-77" not in Settings.objects.get().default_password


def test_a_password_link_works_once_and_leaves_the_password(
    store: Store, clerk: Someone, account: Account
) -> None:
    thief = visitor_client(store, account.customer)
    do(services.send_password_link, clerk, account.customer)
    (mail,) = write_mail()
    assert mail.opens_access
    assert Client().post(SIGN_IN, FORM).status_code == 302
    client = Client()
    assert client.get(link_in(mail)).status_code == 200
    assert client.post(link_in(mail), {"password": "another-secret-99"}).status_code == 200
    assert not is_in(thief)
    assert client.post(link_in(mail), {"password": "once-more-secret-1"}).status_code == 422
    assert client.post(SIGN_IN, FORM | {"password": "another-secret-99"}).status_code == 302


def test_a_password_link_expires_and_is_of_one_store(store: Store, clerk: Someone, account: Account) -> None:
    open_shop("other")
    do(services.send_password_link, clerk, account.customer)
    link = link_in(write_mail()[0])
    assert (
        Client().post(link.replace("/shop/shop/", "/shop/other/"), {"password": "x" * 12}).status_code == 422
    )
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(link, {"password": "another-secret-99"}).status_code == 422
    assert Client().post(SIGN_IN, FORM).status_code == 302


def test_the_second_step_is_reset_when_the_phone_is_lost(
    store: Store, manager: Someone, account: Account
) -> None:
    accounts_settings(store, second_step="optional")
    Account.objects.update(mfa_phone="+33612345678", mfa_sms=True)
    client = visitor_client(store, account.customer)
    assert do(services.update_mfa, manager, account.customer, status="reset").done
    assert not is_in(client)
    assert Client().post(SIGN_IN, FORM).url == HOME
    again = do(services.update_mfa, manager, account.customer, status="reset")
    assert again.skipped == {account.customer_id: "has no second step"}
    assert do(services.update_mfa, manager, account.customer, phone="+33612345678", status="sms_on").done
    assert Client().post(SIGN_IN, FORM).url == f"{SIGN_IN}second/"
    assert Event.objects.filter(key="account.mfa_updated").count() == 2


def test_nothing_about_the_second_step_where_the_store_has_none(
    store: Store, manager: Someone, account: Account
) -> None:
    with pytest.raises(Refused):
        do(services.update_mfa, manager, account.customer, status="reset")
    page = manager.client.get(f"/desk/shop/customers/{account.customer_id}/").content.decode()
    assert "Reset Password" in page
    assert "Update MFA Settings" not in page
    accounts_settings(store, second_step="optional")
    page = manager.client.get(f"/desk/shop/customers/{account.customer_id}/").content.decode()
    assert "Update MFA Settings" in page


@pytest.mark.parametrize(
    ("name", "clerk_may"),
    [("resend-login-email", True), ("send-password-link", True), ("open-portal", True), ("reset-password", False),
     ("update-mfa", False)],
)  # fmt: skip
def test_who_may(store: Store, account: Account, name: str, clerk_may: bool) -> None:
    accounts_settings(store, second_step="optional")
    action = get_resource("customers").action(name)
    for role, may in (("viewer", False), ("clerk", clerk_may), ("manager", True)):
        someone = sign_in(store, role)  # type: ignore[arg-type]
        assert someone.actor.may(action.permission) == may
        url = f"/desk/shop/customers/actions/{name}/?id={account.customer_id}"
        assert someone.client.post(url).status_code == (200 if may else 403)


def test_buttons_show_where_they_apply(store: Store, manager: Someone) -> None:
    guest = factories.make_customer(store, email="ida@example.com")
    page = manager.client.get(f"/desk/shop/customers/{guest.pk}/").content.decode()
    assert "Resend Login Email" in page
    assert "Confirm login by code" in page
    assert "Reset Password" not in page
    accounts_settings(store, active=False)
    page = manager.client.get(f"/desk/shop/customers/{guest.pk}/").content.decode()
    assert "Resend Login Email" not in page


def test_the_portal_opens_from_the_top_of_the_page(store: Store, clerk: Someone, account: Account) -> None:
    url = f"/desk/shop/customers/{account.customer_id}/"

    def top(someone: Someone) -> str:
        page = someone.client.get(url).content.decode()
        return page[page.index('class="hero"') : page.index('class="record-body')]

    assert "actions/open-portal/" in top(clerk)
    assert "actions/open-portal/" not in top(sign_in(store, "viewer"))  # type: ignore[arg-type]
    accounts_settings(store, active=False)
    assert "actions/open-portal/" not in top(clerk)


def test_the_desk_shows_a_temporary_password_once(store: Store, manager: Someone, account: Account) -> None:
    url = f"/desk/shop/customers/actions/reset-password/?id={account.customer_id}"
    asked = manager.client.post(url, headers={"HX-Request": "true"})
    assert "password that is shown once" in asked.content.decode()
    answer = manager.client.post(url, {"confirmed": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    shown = answer.context["said"]["rows"][0]["text"]
    assert Client().post(SIGN_IN, FORM | {"password": shown}).status_code == 302
    plain = manager.client.post(url, {"confirmed": "1"})
    assert plain.context["said"]["rows"][0]["text"] not in ("", shown)


def test_the_api_says_it_once_and_keeps_it_nowhere(store: Store, account: Account) -> None:
    owner = sign_in(store, "owner")  # type: ignore[arg-type]
    _row, secret = create_token(
        store=store, name="Till", role="manager", actor=owner.actor, now=timezone.now()
    )
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
    ask: dict[str, Any] = {
        "path": "/api/v1/customers/actions/reset-password", "data": {"ids": [str(account.customer_id)]},
        "content_type": "application/json", "headers": headers,
    }  # fmt: skip
    first = Client().post(**ask).json()
    shown = first["said"][0]["text"]
    assert Client().post(SIGN_IN, FORM | {"password": shown}).status_code == 302
    again = Client().post(**ask).json()
    assert "said" not in again
    assert shown not in str(list(IdempotencyKey.objects.values_list("answer", flat=True)))


# ---- opening the portal


def go_in(who: Someone, customer: Customer, **inputs: Any) -> Client:
    """The portal, opened by somebody of the store, in their own browser."""
    link = do(services.open_portal, who, customer, **inputs).said[customer.pk]
    path = link[link.index("/shop/") :]
    assert who.client.get(path).status_code == 200
    assert who.client.post(path).url == HOME
    return who.client


def test_staff_look_and_change_nothing(store: Store, clerk: Someone, account: Account) -> None:
    client = go_in(clerk, account.customer, reason="asked on the phone")
    page = client.get(HOME).content.decode()
    assert "looks at the portal of <bdi>Nora Lind</bdi>" in page
    assert "Only to look" in page
    assert client.post("/shop/shop/basket/", {"remove": "x"}).status_code == 403
    for path in ("security/password/", "security/mail/", "security/app/", "security/codes/"):
        assert client.get(f"{HOME}{path}").status_code == 403
        assert client.post(f"{HOME}{path}", {"password": "another-secret-99"}).status_code == 403
    own = visitor_client(store, account.customer)
    told = own.get(f"{HOME}security/").content.decode()
    assert clerk.user.display_name in told
    assert "asked on the phone" not in told
    opened = Event.objects.get(key="account.portal_opened")
    assert opened.data == {"how": ", to look", "because": ": asked on the phone"}


def test_a_visit_ends_after_a_quarter_of_an_hour(store: Store, clerk: Someone, account: Account) -> None:
    client = go_in(clerk, account.customer)
    session = Session.objects.get(visit__isnull=False)
    assert session.expires_at <= timezone.now() + timedelta(minutes=15)
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)


def test_a_visit_ends_when_one_leaves(store: Store, clerk: Someone, account: Account) -> None:
    client = go_in(clerk, account.customer)
    assert client.post(f"{HOME}leave/").status_code == 200
    assert not is_in(client)
    assert Visit.objects.get().left_at is not None


def test_a_visit_ends_when_somebody_no_longer_works_here(
    store: Store, clerk: Someone, account: Account
) -> None:
    client = go_in(clerk, account.customer)
    Membership.objects.filter(user=clerk.user).delete()
    assert not is_in(client)


def test_acting_on_behalf_is_a_right_of_its_own(
    store: Store, clerk: Someone, manager: Someone, account: Account
) -> None:
    with pytest.raises(NotAllowed):
        do(services.open_portal, clerk, account.customer, act=True)
    client = go_in(manager, account.customer, act=True)
    page = client.get(HOME).content.decode()
    assert "on behalf of the customer" in page
    assert client.post("/shop/shop/basket/", {"remove": "x"}).status_code == 302
    assert client.get(f"{HOME}security/password/").status_code == 403  # a sign-in is never staff's to change
    assert (
        "could act on your behalf"
        in visitor_client(store, account.customer).get(f"{HOME}security/").content.decode()
    )


def test_the_link_of_a_visit_is_for_one_person_and_once(
    store: Store, clerk: Someone, manager: Someone, account: Account
) -> None:
    link = do(services.open_portal, clerk, account.customer).said[account.customer_id]
    path = link[link.index("/shop/") :]
    for other in (
        manager.client,
        Client(),
        visitor_client(store, make_account(store, "eve@example.com").customer),
    ):
        assert other.post(path).status_code == 410
    assert clerk.client.post(path).status_code == 302
    assert clerk.client.post(path).status_code == 410


def test_the_link_of_a_visit_expires(store: Store, clerk: Someone, account: Account) -> None:
    link = do(services.open_portal, clerk, account.customer).said[account.customer_id]
    Visit.objects.update(enter_until=timezone.now() - ENTER_WITHIN)
    assert clerk.client.post(link[link.index("/shop/") :]).status_code == 410


def test_a_visit_leads_to_no_other_customer_and_not_into_the_desk(
    store: Store, clerk: Someone, account: Account
) -> None:
    client = Client()
    client.cookies = go_in(clerk, account.customer).cookies.copy()
    del client.cookies["regulars_staff"]
    assert is_in(client)
    assert client.get("/desk/shop/customers/").status_code == 302
