"""Kept mail: nobody reads a link that is not theirs to give."""

from typing import Any

import pytest
from django.core.mail import send_mail
from django.core.management import call_command

from regulars.staff import queries, services
from tests.factories import NOW, send_waiting_mail
from tests.people import Someone


@pytest.fixture(autouse=True)
def kept(settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}


def subjects(someone: Someone) -> list[str]:
    return [mail.subject for mail in queries.kept_mail(store=someone.store, actor=someone.actor)]


def test_owners_read_invitations_managers_do_not(
    owner: Someone, manager: Someone, other_owner: Someone
) -> None:
    services.invite_person(
        store=owner.store, email="boss@shop.test", role="owner", actor=owner.actor, now=NOW
    )
    assert subjects(owner) == ["Join Shop on Regulars"]
    assert subjects(manager) == []
    assert subjects(other_owner) == []


def test_a_link_for_a_new_password_is_read_at_the_machine_only(
    owner: Someone, manager: Someone, capsys: pytest.CaptureFixture[str]
) -> None:
    manager.client.post("/accounts/logout/")
    manager.client.post("/accounts/password/reset/", {"email": owner.user.email})
    send_waiting_mail()
    assert subjects(owner) == [] and subjects(manager) == []
    call_command("outbox")
    assert "/accounts/password/reset/key/" in capsys.readouterr().out


def test_mail_of_no_store_shows_nowhere_in_the_desk(owner: Someone) -> None:
    send_mail("Security", "text", None, [owner.user.email])
    assert subjects(owner) == []
    assert len(queries.all_kept_mail()) == 1
