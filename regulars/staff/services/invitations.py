"""Invitations: a mail with a link that lets one person join one store in one role, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.kit.actor import Actor
from regulars.kit.email import clean_email
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.staff import rules
from regulars.staff.choices import Role
from regulars.staff.events import STAFF_INVITED, STAFF_REINVITED, STAFF_UNINVITED
from regulars.staff.models import Invitation, Membership, User
from regulars.staff.outbox import StoreMail
from regulars.staff.permissions import STAFF_MANAGE
from regulars.staff.services.people import join, make_user
from regulars.stores.models import Store
from regulars.timeline import services as timeline
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched

VALID_FOR = timedelta(days=7)
JOIN_PATH = "/accounts/join/{secret}/"


class AlreadyMember(Refused):
    """The invited person works for the store already."""

    code = "already_member"


class InvitationGone(Refused):
    """The link was used, withdrawn, replaced by a newer one, or is older than a week."""

    code = "invitation_gone"
    status = 410


class MailNotSent(Refused):
    """The mail provider did not take the mail, so nothing was changed."""

    code = "mail_not_sent"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who joined which store."""

    user: User
    store: Store


def invite_person(*, store: Store, email: str, role: str, actor: Actor, now: datetime) -> None:
    """Invite somebody to work for the store. Who was invited before gets a new link; the old one ends.

    Raises `NotAllowed`, `Invalid`, `AlreadyMember` and `MailNotSent`.
    """
    actor.require(STAFF_MANAGE)
    given = rules.known_role(role)
    rules.check_may_give(own=actor.role, role=given)
    try:
        address = clean_email(email).lower()
    except Invalid as error:
        raise Invalid(error.sentence, field="email") from error
    if Membership.objects.filter(store=store, user__email=address).exists():
        raise AlreadyMember(
            _("%(address)s works for this store already.") % {"address": address}, field="email"
        )
    secret = rules.new_secret()
    try:
        with transaction.atomic():
            open_ones = Invitation.objects.filter(
                store=store, email=address, accepted_at=None, withdrawn_at=None
            )
            open_ones.update(withdrawn_at=now)
            made = Invitation.objects.create(
                store=store,
                email=address,
                role=given,
                secret_hash=rules.hash_secret(secret),
                invited_by_id=actor.id if actor.kind == "staff" else None,
                expires_at=now + VALID_FOR,
            )
            invitation = Invitation.objects.select_related("store").get(pk=made.pk)
            _say(invitation, actor, STAFF_INVITED, now)
            _send(invitation, secret, actor)
    except IntegrityError as error:  # two owners invite the same address at the same moment
        raise AlreadyMember(
            _("%(address)s was invited just now.") % {"address": address}, field="email"
        ) from error


def resend_invitation(*, store: Store, invitation_id: UUID, actor: Actor, now: datetime) -> None:
    """Send the mail again with a new link and seven new days; the old link stops working.

    Raises `NotAllowed`, `NotFound` and `MailNotSent`.
    """
    actor.require(STAFF_MANAGE)
    secret = rules.new_secret()
    with transaction.atomic():
        invitation = _open_invitation(store, invitation_id)
        rules.check_may_give(own=actor.role, role=Role(invitation.role))
        invitation.secret_hash, invitation.expires_at = rules.hash_secret(secret), now + VALID_FOR
        invitation.save(update_fields=["secret_hash", "expires_at"])
        _say(invitation, actor, STAFF_REINVITED, now)
        _send(invitation, secret, actor)


def withdraw_invitation(*, store: Store, invitation_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an invitation back: its link stops working. Raises `NotAllowed` and `NotFound`."""
    actor.require(STAFF_MANAGE)
    with transaction.atomic():
        invitation = _open_invitation(store, invitation_id)
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        _say(invitation, actor, STAFF_UNINVITED, now)


def accept_invitation(*, secret: str, name: str, password: str, now: datetime) -> Accepted:
    """Somebody new to this install follows the link, gives a name and a password, and joins.

    Raises `InvitationGone`, `InvalidRecord` (the password) and `AlreadyMember` (it signs in already).
    """
    with transaction.atomic():
        invitation = _usable(secret, now)
        if User.objects.filter(email=invitation.email).exists():
            raise AlreadyMember(_("You sign in to this desk already. Sign in to join the store."))
        user = make_user(email=invitation.email, name=name, password=password)
        return _accept(invitation, user, now)


def join_store(*, secret: str, user_id: UUID, now: datetime) -> Accepted:
    """Somebody who signs in here already follows the link and joins. The invitation must be theirs.

    Raises `InvitationGone` and `NotAllowed`.
    """
    with transaction.atomic():
        invitation = _usable(secret, now)
        user = User.objects.get(pk=user_id)
        if user.email != invitation.email:
            raise NotAllowed(
                _("This invitation is for %(email)s. Sign in with that address to join.")
                % {"email": invitation.email}
            )
        return _accept(invitation, user, now)


def _accept(invitation: Invitation, user: User, now: datetime) -> Accepted:
    actor = Actor(kind="staff", id=user.pk, name=user.display_name, role=invitation.role)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    join(store=invitation.store, user=user, role=Role(invitation.role), actor=actor, now=now)
    return Accepted(user, invitation.store)


def _usable(secret: str, now: datetime) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("store")
    found = rows.filter(
        secret_hash=rules.hash_secret(secret), accepted_at=None, withdrawn_at=None, expires_at__gt=now
    ).first()
    if found is None:
        raise InvitationGone(_("This invitation no longer works. Ask an owner of the store for a new one."))
    return found


def _open_invitation(store: Store, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("store")
    found = rows.filter(store=store, pk=invitation_id, accepted_at=None, withdrawn_at=None).first()
    if found is None:
        raise NotFound(_("This invitation was used or withdrawn."))
    return found


def _send(invitation: Invitation, secret: str, actor: Actor) -> None:
    # Inside the transaction on purpose: a refused mail leaves no invitation that nobody knows of.
    link = settings.BASE_URL.rstrip("/") + JOIN_PATH.format(secret=secret)
    with override(invitation.store.language):
        words = {
            "who": actor.name,
            "store": invitation.store.name,
            "role": Role(invitation.role).label,
            "link": link,
        }
        subject = _("Join %(store)s on Regulars") % words
        body = _(
            "%(who)s invites you to work for %(store)s as %(role)s.\n\n"
            "Open this link within seven days to join. It works once:\n%(link)s\n\n"
            "If you do not know what this is about, do nothing."
        )
        mail = StoreMail(subject, body % words, to=[invitation.email])
    mail.store, mail.opens_access = invitation.store, True
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise MailNotSent(
            _("The mail to %(email)s could not be sent (%(error)s). Nobody was invited.")
            % {"email": invitation.email, "error": error}
        ) from error


def _say(invitation: Invitation, actor: Actor, kind: EventKind, now: datetime) -> None:
    touched = Touched(invitation.pk, data={"email": invitation.email, "role": invitation.role})
    timeline.emit(store=invitation.store, actor=actor, resource="staff", kind=kind, touched=touched, now=now)
