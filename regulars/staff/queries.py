"""Reading staff: who may enter where, the people of a store, invitations, tokens and kept mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor, system
from regulars.kit.errors import NotAllowed
from regulars.staff import rules
from regulars.staff.choices import Role
from regulars.staff.models import ApiToken, Invitation, Membership, OutboxMessage, User
from regulars.staff.permissions import all_permissions, permissions_of
from regulars.stores.models import Store

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Access:
    """A store a person works for, and the role there."""

    store: Store
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for a store, as the staff page shows them."""

    id: UUID
    name: str
    email: str
    role: Role
    is_active: bool
    has_second_factor: bool
    joined_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation nobody has used yet."""

    id: UUID
    email: str
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What the person who holds the link may know of the invitation."""

    email: str
    store_name: str
    role: Role
    has_sign_in: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token as it can be shown: never its secret."""

    id: UUID
    name: str
    role: Role
    prefix: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where a person is signed in."""

    id: int
    device: str
    ip: str
    started_at: datetime
    last_seen_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that was not sent because no provider is set."""

    id: UUID
    to: str
    subject: str
    body: str
    created_at: datetime


def find_access(*, slug: str, user_id: UUID) -> Access | None:
    """The store with this slug, if the person works for it."""
    member = Membership.objects.select_related("store").filter(store__slug=slug, user_id=user_id).first()
    return Access(member.store, Role(member.role)) if member else None


def stores_of(*, user_id: UUID) -> list[Access]:
    """The stores a person works for, by name."""
    members = Membership.objects.select_related("store").filter(user_id=user_id).order_by("store__name", "pk")
    return [Access(member.store, Role(member.role)) for member in members]


def has_second_factor(*, user_id: UUID) -> bool:
    """True when the person has an authenticator app or a key beside the password."""
    return Authenticator.objects.filter(user_id=user_id, type__in=_FACTORS).exists()


def people(*, store: Store) -> list[Person]:
    """Everybody who works for the store: owners first, then by name."""
    factor = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=_FACTORS)
    members = (
        Membership.objects.filter(store=store)
        .select_related("user")
        .annotate(second_factor=Exists(factor), seen_at=Max("user__usersession__last_seen_at"))
    )
    order = list(Role)
    rows = [
        Person(
            id=member.user_id,
            name=member.user.display_name,
            email=member.user.email,
            role=Role(member.role),
            is_active=member.user.is_active,
            has_second_factor=member.second_factor,
            joined_at=member.created_at,
            last_seen_at=member.seen_at,
        )
        for member in members
    ]
    return sorted(rows, key=lambda row: (order.index(row.role), row.name.casefold(), row.email))


def help_answers(*, store: Store, page: str) -> tuple[int, int]:
    """How many of the store's people found a page of the help useful, and how many answered at all."""
    answer = KeyTransform(page, KeyTransform("help", "user__preferences"))
    answers = list(
        Membership.objects.filter(store=store)
        .annotate(answer=answer)
        .exclude(answer=None)
        .values_list("answer", flat=True)
    )
    return sum(answers), len(answers)


def people_who_may(*, store: Store, permission: str) -> list[tuple[str, Role]]:
    """Some of those whose role includes the permission, owners first: whom to ask."""
    roles = [role for role in Role.values if permission in permissions_of(role)]
    members = Membership.objects.filter(store=store, role__in=roles, user__is_active=True)
    named = members.select_related("user").order_by("pk")
    found = [(member.user.display_name, Role(member.role)) for member in named]
    return sorted(found, key=lambda pair: list(Role).index(pair[1]))[:5]


def label_of(*, permission: str) -> str:
    """What a permission lets people do, in words."""
    return next((_(known.label) for known in all_permissions() if known.name == permission), permission)


def open_invitations(*, store: Store, now: datetime) -> list[InvitationRow]:
    """Invitations nobody has used or withdrawn, newest first."""
    rows = Invitation.objects.filter(store=store, accepted_at=None, withdrawn_at=None).select_related(
        "invited_by"
    )
    return [
        InvitationRow(
            id=row.pk,
            email=row.email,
            role=Role(row.role),
            invited_by=row.invited_by.display_name if row.invited_by else "",
            created_at=row.created_at,
            expires_at=row.expires_at,
            is_expired=row.expires_at <= now,
        )
        for row in rows.order_by("-created_at", "pk")
    ]


def find_invitation(*, secret: str, now: datetime) -> OpenInvitation | None:
    """The invitation a link belongs to, while it works."""
    row = (
        Invitation.objects.filter(
            secret_hash=rules.hash_secret(secret), accepted_at=None, withdrawn_at=None, expires_at__gt=now
        )
        .select_related("store")
        .first()
    )
    if row is None:
        return None
    return OpenInvitation(
        row.email, row.store.name, Role(row.role), User.objects.filter(email=row.email).exists()
    )


def tokens(*, store: Store) -> list[TokenRow]:
    """The store's API tokens, working ones first, newest first."""
    rows = ApiToken.objects.filter(store=store).select_related("created_by").order_by("-created_at", "pk")
    return sorted((token_row(token=row) for row in rows), key=lambda row: row.revoked_at is not None)


def token_row(*, token: ApiToken) -> TokenRow:
    """A token as it can be shown."""
    return TokenRow(
        id=token.pk,
        name=token.name,
        role=Role(token.role),
        prefix=token.prefix,
        created_by=token.created_by.display_name if token.created_by else "",
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


def find_token(*, secret: str) -> tuple[Store, Actor] | None:
    """The store and the actor behind an API key; nothing when it is unknown or was ended."""
    token = (
        ApiToken.objects.select_related("store")
        .filter(secret_hash=rules.hash_secret(secret), revoked_at=None)
        .first()
    )
    if token is None:
        return None
    actor = Actor(
        kind="api",
        id=token.pk,
        name=token.name,
        role=token.role,
        surface="api",
        permissions=permissions_of(token.role),
    )
    return token.store, actor


def actor_again(*, store: Store, who: Mapping[str, Any], surface: str) -> Actor:
    """Who asked for work that is carried out later (`Actor.as_json`), with the role they have now.

    Raises `NotAllowed` when the person left the store or was shut out, or the API key was ended.
    """
    kind, name, actor_id = who["kind"], who["name"], UUID(who["id"]) if who["id"] else None
    if kind == "system":
        return system(name, surface=surface)
    role: str | None = None
    if kind == "staff" and actor_id:
        members = Membership.objects.filter(store=store, user_id=actor_id, user__is_active=True)
        role = members.values_list("role", flat=True).first()
    elif kind == "api" and actor_id:
        keys = ApiToken.objects.filter(store=store, pk=actor_id, revoked_at=None)
        role = keys.values_list("role", flat=True).first()
    if role is None:
        raise NotAllowed(
            _("%(name)s asked for this and may not work in this store any more.") % {"name": name}
        )
    return Actor(
        kind=kind, id=actor_id, name=name, role=role, surface=surface, permissions=permissions_of(role)
    )


def person_behind(*, store: Store, kind: str, actor_id: str | None) -> UUID | None:
    """The person who acted: themselves, or who made the key that another system works with."""
    if kind == "api" and actor_id:
        return ApiToken.objects.filter(store=store, pk=actor_id).values_list("created_by", flat=True).first()
    return UUID(actor_id) if actor_id else None


def hands_of(*, store: Store, actor: Actor) -> list[UUID]:
    """Under which ids a person works in a store: their own, and those of every API key they ever made there.

    The person comes first; a key whose maker is gone stands for itself.
    """
    if actor.id is None:
        return []
    person = person_behind(store=store, kind=actor.kind, actor_id=str(actor.id)) or actor.id
    keys = ApiToken.objects.filter(store=store, created_by=person).exclude(pk=actor.id).order_by("pk")
    return list(dict.fromkeys([person, actor.id, *keys.values_list("pk", flat=True)]))


def sessions(*, user_id: UUID, current_key: str) -> list[SessionRow]:
    """Where a person is signed in: this place first, then by last use."""
    rows = UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at", "pk")
    found = [
        SessionRow(
            id=row.pk,
            device=row.user_agent,
            ip=row.ip,
            started_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.session_key == current_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: not row.is_current)


def mail_is_kept() -> bool:
    """True when mail is kept in the outbox because no provider is set."""
    return settings.MAILERS["default"]["BACKEND"].endswith("OutboxBackend")


def kept_mail(*, store: Store, actor: Actor, limit: int = 100) -> list[KeptMail]:
    """The store's kept mail, newest first. Mail that lets its reader in shows only to those who may invite.

    Mail about a person's own account (a link for a new password) belongs to no store and is never here: a
    manager who could read an owner's link would become the owner.
    """
    shown = OutboxMessage.objects.filter(store=store)
    if not actor.may("staff.manage"):
        shown = shown.filter(opens_access=False)
    return [_mail(row) for row in shown.order_by("-created_at", "-pk")[:limit]]


def all_kept_mail(*, limit: int = 20) -> list[KeptMail]:
    """The last kept mail of the whole install, newest first: for the person at the machine only."""
    return [_mail(row) for row in OutboxMessage.objects.order_by("-created_at", "-pk")[:limit]]


def _mail(row: OutboxMessage) -> KeptMail:
    return KeptMail(row.pk, row.to, row.subject, row.body, row.created_at)


def find_user_id(*, email: str) -> UUID | None:
    """The person who signs in with this address."""
    return User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
