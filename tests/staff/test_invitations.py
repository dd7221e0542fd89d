"""Invitations: seven days, once, only for the invited address."""

import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.urls import reverse

from regulars.kit.errors import Invalid, InvalidRecord, NotAllowed, NotFound
from regulars.staff import queries, services
from regulars.staff.models import Invitation, User
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.people import Someone


def invite(owner: Someone, email: str = "new@shop.test", role: str = "clerk") -> str:
    """Invite somebody and give back the secret of the mail."""
    services.invite_person(store=owner.store, email=email, role=role, actor=owner.actor, now=NOW)
    return secret_of_last_mail()


def secret_of_last_mail() -> str:
    found = re.search(r"/accounts/join/([\w-]+)/", mail.outbox[-1].body)
    assert found
    return found[1]


def accept(secret: str, now=NOW) -> services.people.User:
    return services.accept_invitation(secret=secret, name="New", password=PASSWORD, now=now).user


def test_the_link_lets_the_invited_person_in_once(owner: Someone) -> None:
    secret = invite(owner)
    user = accept(secret)
    assert [p.email for p in queries.people(store=owner.store)] == [owner.user.email, "new@shop.test"]
    assert user.check_password(PASSWORD)
    with pytest.raises(services.InvitationGone):
        accept(secret)


def test_the_path_in_the_mail_is_a_page() -> None:
    assert reverse("open_invitation", kwargs={"secret": "x"}) == services.invitations.JOIN_PATH.format(
        secret="x"
    )


def test_only_a_hash_of_the_secret_is_kept(owner: Someone) -> None:
    secret = invite(owner)
    row = Invitation.objects.values().get()
    assert secret not in str(row)


def test_the_link_ends_after_seven_days(owner: Someone) -> None:
    secret = invite(owner)
    with pytest.raises(services.InvitationGone):
        accept(secret, NOW + timedelta(days=7))
    assert accept(secret, NOW + timedelta(days=6, hours=23))


def test_inviting_again_replaces_the_link(owner: Someone) -> None:
    old = invite(owner)
    new = invite(owner, role="viewer")
    with pytest.raises(services.InvitationGone):
        accept(old)
    accept(new)
    assert {p.role for p in queries.people(store=owner.store)} == {"owner", "viewer"}


def test_sending_again_replaces_the_link_and_withdrawing_ends_it(owner: Someone) -> None:
    old = invite(owner)
    row = queries.open_invitations(store=owner.store, now=NOW)[0]
    services.resend_invitation(store=owner.store, invitation_id=row.id, actor=owner.actor, now=NOW)
    new = secret_of_last_mail()
    assert queries.find_invitation(secret=old, now=NOW) is None
    assert queries.find_invitation(secret=new, now=NOW) is not None
    services.withdraw_invitation(store=owner.store, invitation_id=row.id, actor=owner.actor, now=NOW)
    assert queries.find_invitation(secret=new, now=NOW) is None
    with pytest.raises(NotFound):
        services.resend_invitation(store=owner.store, invitation_id=row.id, actor=owner.actor, now=NOW)


def test_another_store_cannot_touch_an_invitation(owner: Someone, other_owner: Someone) -> None:
    secret = invite(owner)
    row = queries.open_invitations(store=owner.store, now=NOW)[0]
    with pytest.raises(NotFound):
        services.withdraw_invitation(
            store=other_owner.store, invitation_id=row.id, actor=other_owner.actor, now=NOW
        )
    assert queries.find_invitation(secret=secret, now=NOW) is not None


@pytest.mark.parametrize("who", ["manager", "clerk", "viewer"])
def test_only_owners_invite(who: str, owner: Someone, request: pytest.FixtureRequest) -> None:
    someone: Someone = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        invite(someone)
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_refuses_members_and_bad_addresses(owner: Someone, clerk: Someone) -> None:
    with pytest.raises(services.AlreadyMember):
        invite(owner, clerk.user.email.upper())
    with pytest.raises(Invalid):
        invite(owner, "not an address")
    assert not Invitation.objects.exists()


def test_a_mail_that_cannot_be_sent_invites_nobody(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, messages: object) -> int:
        raise SMTPException("mailbox full")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(services.MailNotSent):
        invite(owner)
    assert not Invitation.objects.exists()


def test_a_known_person_joins_only_with_the_invited_address(owner: Someone, other_owner: Someone) -> None:
    secret = invite(owner, other_owner.user.email, "manager")
    with pytest.raises(services.AlreadyMember):
        accept(secret)
    outsider = factories.make_person(other_owner.store, "clerk")
    with pytest.raises(NotAllowed):
        services.join_store(secret=secret, user_id=outsider.pk, now=NOW)
    services.join_store(secret=secret, user_id=other_owner.user.pk, now=NOW)
    access = queries.find_access(slug=owner.store.slug, user_id=other_owner.user.pk)
    assert access is not None and access.role == "manager"


def test_a_weak_password_leaves_the_invitation_open(owner: Someone) -> None:
    secret = invite(owner)
    with pytest.raises(InvalidRecord):
        services.accept_invitation(secret=secret, name="New", password="1234567890", now=NOW)
    assert not User.objects.filter(email="new@shop.test").exists()
    assert accept(secret)
