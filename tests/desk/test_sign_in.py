"""Signing in: neutral answers, limits that hold, second step, sessions."""

import re
import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.staff.models import User
from regulars.stores.models import Store
from tests.factories import PASSWORD, send_waiting_mail
from tests.people import Someone

URL = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(URL, {"login": email, "password": password}).status_code


def test_the_right_password_opens_the_desk_in_any_case_of_the_address(owner: Someone) -> None:
    client = Client()
    answer = client.post(
        f"{URL}?next=/desk/shop/settings/", {"login": "OWNER@Shop.test", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/desk/shop/settings/"
    assert client.get("/desk/shop/settings/").status_code == 200


def test_next_never_leaves_the_install(owner: Someone) -> None:
    answer = Client().post(
        URL, {"login": owner.user.email, "password": PASSWORD, "next": "https://evil.test/desk/"}
    )
    assert answer.headers["Location"] == "/desk/"


def test_wrong_password_and_unknown_address_get_the_same_answer(owner: Someone) -> None:
    def errors(email: str) -> list[str]:
        page = Client().post(URL, {"login": email, "password": "wrong-password"}).content.decode()
        return re.findall(r'role="alert">([^<]+)<', page)

    assert errors(owner.user.email) == errors("nobody@shop.test") != []


def test_asking_for_a_new_password_does_not_tell_who_signs_in_here(owner: Someone) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (owner.user.email, "nobody@shop.test")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    links = ProcrastinateJob.objects.filter(task_name="staff.send_reset_link")
    waiting = [job.args for job in links.order_by("pk")]
    assert waiting == [{"email": owner.user.email}, {"email": "nobody@shop.test"}] and not mail.outbox
    send_waiting_mail()
    assert [message.to for message in mail.outbox] == [[owner.user.email]]


def test_the_link_for_a_new_password_is_ours_whatever_host_was_asked(owner: Someone) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": owner.user.email}, headers={"Host": "127.0.0.1:9999"})
    send_waiting_mail()
    found = re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert found
    page = client.get(found[1], follow=True)
    form_url = page.redirect_chain[-1][0]
    answer = client.post(form_url, {"password1": "quiet-lemon-71", "password2": "quiet-lemon-71"})
    assert answer.headers["Location"] == "/accounts/password/reset/key/done/"
    assert User.objects.get(pk=owner.user.pk).check_password("quiet-lemon-71")
    assert "no longer works" in Client().get(found[1], follow=True).content.decode()


def test_guessing_is_stopped_and_the_right_password_too_while_it_lasts(owner: Someone) -> None:
    for _attempt in range(5):
        sign_in(Client(), owner.user.email, "wrong-password")
    client = Client()
    assert sign_in(client, owner.user.email) == 200
    assert client.get("/desk/shop/settings/").status_code == 302


def test_nobody_signs_up(store: Store) -> None:
    data = {"email": "new@evil.test", "password1": "quiet-lemon-71"}
    answer = Client().post("/accounts/signup/", data)
    assert "People are invited" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["account_email", "account_request_login_code", "mfa_signup_webauthn"])
def test_pages_we_do_not_use_are_not_there(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_second_step_is_asked_for_and_recovery_codes_work_once(owner: Someone) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(owner.user, secret)
    codes = RecoveryCodes.activate(owner.user).get_unused_codes()
    client = Client()
    assert client.post(URL, {"login": owner.user.email, "password": PASSWORD}).headers["Location"] == (
        "/accounts/2fa/authenticate/"
    )
    assert client.get("/desk/shop/settings/").status_code == 302
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).headers["Location"] == "/desk/"
    for expected in (302, 200):
        again = Client()
        again.post(URL, {"login": owner.user.email, "password": PASSWORD})
        answer = again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert answer.status_code == expected


def test_changing_the_second_step_asks_for_the_password_again(owner: Someone) -> None:
    for page in ("app/activate/", "keys/add/", "recovery-codes/new/"):
        answer = owner.client.get(f"/accounts/2fa/{page}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(("/accounts/reauthenticate/", "/accounts/2fa/"))


def test_pages_before_the_desk_hold_nothing_inline(owner: Someone) -> None:
    for url in (URL, "/accounts/password/reset/", "/accounts/signup/", "/accounts/password/reset/done/"):
        text = Client().get(url).content.decode()
        assert "<script>" not in text and "style=" not in text and 'class="auth' in text
