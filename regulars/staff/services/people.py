"""People of a store: joining, changing roles, leaving."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.email import clean_email
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.text import storable
from regulars.staff import rules
from regulars.staff.choices import Role
from regulars.staff.events import (
    STAFF_ACTIVATED,
    STAFF_DEACTIVATED,
    STAFF_JOINED,
    STAFF_REMOVED,
    STAFF_ROLE_CHANGED,
)
from regulars.staff.models import Membership, User
from regulars.staff.permissions import STAFF_MANAGE
from regulars.staff.services.sessions import end_all_sessions
from regulars.stores.models import Store
from regulars.timeline import services as timeline
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, Values


class LastOwner(Refused):
    """The store would be left without an owner."""

    code = "last_owner"


def add_person(
    *, store: Store, email: str, role: str, actor: Actor, now: datetime, name: str = "", password: str = ""
) -> User:
    """Let a person work for the store at once, without an invitation (first run, demo, command line).

    The person is made when the address is new; an existing one keeps name and password. Someone who works
    for the store already keeps the role. Raises `Invalid` and `InvalidRecord`.
    """
    actor.require(STAFF_MANAGE)
    given = rules.known_role(role)
    rules.check_may_give(own=actor.role, role=given)
    address = clean_email(email).lower()
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            user = make_user(email=address, name=name, password=password)
        join(store=store, user=user, role=given, actor=actor, now=now)
    return user


def make_user(*, email: str, name: str, password: str) -> User:
    """A new person. Without a password nobody gets in until one is set. Raises `InvalidRecord`."""
    user = User(email=email, name=storable(name).strip())
    if password:
        check_password_rules(password=password, user=user)
    return User.objects.create_user(email=email, name=user.name, password=password or None)


def check_password_rules(*, password: str, user: User) -> None:
    """Refuse passwords that are short, common or like the person's own name."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidRecord({"password": " ".join(error.messages)}) from error


def join(*, store: Store, user: User, role: Role, actor: Actor, now: datetime) -> Membership:
    """Make the person part of the store; part of a wider act, inside its transaction."""
    membership, made = Membership.objects.get_or_create(store=store, user=user, defaults={"role": role})
    if made:
        _say(store, actor, STAFF_JOINED, user, now, after={"role": role.value})
    return membership


def change_role(*, store: Store, user_id: UUID, role: str, actor: Actor, now: datetime) -> None:
    """Give a person another role in the store. The same role again changes nothing.

    Raises `NotAllowed`, `Invalid`, `NotFound` and `LastOwner`.
    """
    actor.require(STAFF_MANAGE)
    given = rules.known_role(role)
    rules.check_may_give(own=actor.role, role=given)
    with transaction.atomic():
        members = _locked_members(store)
        member = _member(members, user_id)
        if member.role == given:
            return
        _keep_an_owner(members, member)
        before, member.role = member.role, given
        member.save(update_fields=["role"])
        _say(
            store,
            actor,
            STAFF_ROLE_CHANGED,
            member.user,
            now,
            before={"role": before},
            after={"role": given.value},
        )


def remove_person(*, store: Store, user_id: UUID, actor: Actor, now: datetime) -> None:
    """End a person's access to the store, at once. Who works for no other store is signed out everywhere.

    Raises `NotAllowed`, `NotFound` and `LastOwner`.
    """
    actor.require(STAFF_MANAGE)
    with transaction.atomic():
        members = _locked_members(store)
        member = _member(members, user_id)
        _keep_an_owner(members, member)
        before = member.role
        member.delete()
        if not Membership.objects.filter(user_id=user_id).exists():
            end_all_sessions(user_id=user_id)
        _say(store, actor, STAFF_REMOVED, member.user, now, before={"role": before})


def switch_sign_in(*, email: str, active: bool, actor: Actor, now: datetime) -> User:
    """Switch a person's sign-in off (every session ends at once) or on again, in all stores."""
    actor.require("*")
    with transaction.atomic():
        user = _by_email(email)
        if user.is_active == active:
            return user
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            end_all_sessions(user_id=user.pk)
        kind = STAFF_ACTIVATED if active else STAFF_DEACTIVATED
        for member in user.memberships.select_related("store").order_by("pk"):
            _say(member.store, actor, kind, user, now)
    return user


def set_password(*, email: str, password: str, actor: Actor) -> User:
    """Give a person a new password; every session ends. For the command line, never for the desk."""
    actor.require("*")
    with transaction.atomic():
        user = _by_email(email)
        check_password_rules(password=password, user=user)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_all_sessions(user_id=user.pk)
    return user


def edit_profile(*, user_id: UUID, name: str, language: str) -> User:
    """Change one's own name and the language of the desk (empty: the store's)."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        user.name, user.language = storable(name).strip(), language
        user.save(update_fields=["name", "language"])
    return user


def _by_email(email: str) -> User:
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFound(_("Nobody signs in with “%(email)s”.") % {"email": email})
    return user


def _locked_members(store: Store) -> dict[UUID, Membership]:
    # All rows, in one order: of two owners who demote each other, one waits for the other and is refused.
    rows = (
        Membership.objects.filter(store=store)
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("user")
    )
    return {row.user_id: row for row in rows}


def _member(members: dict[UUID, Membership], user_id: UUID) -> Membership:
    if user_id not in members:
        raise NotFound(_("This person does not work for the store."))
    return members[user_id]


def _keep_an_owner(members: dict[UUID, Membership], leaving: Membership) -> None:
    """Count only owners who can sign in: one who is switched off cannot look after the store."""
    if leaving.role != Role.OWNER:
        return
    others = [m for m in members.values() if m.role == Role.OWNER and m.pk != leaving.pk and m.user.is_active]
    if not others:
        raise LastOwner(_("A store keeps at least one owner. Make somebody else an owner first."))


def _say(
    store: Store,
    actor: Actor,
    kind: EventKind,
    user: User,
    now: datetime,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    role = (after or {}).get("role")
    data = {"email": user.email} | ({"role": role} if role else {})
    touched = Touched(user.pk, before=before, after=after, data=data)
    timeline.emit(store=store, actor=actor, resource="staff", kind=kind, touched=touched, now=now)


def rate_help(*, user_id: UUID, page: str, helpful: bool) -> None:
    """Remember whether a page of the help was of use to a person; the last answer counts."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        user.preferences.setdefault("help", {})[page] = helpful
        user.save(update_fields=["preferences"])


def keep_list_layout(*, user_id: UUID, resource: str, layout: Mapping[str, Any]) -> None:
    """Remember how a person wants a list to look: its columns and their widths."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        user.preferences.setdefault("lists", {})[resource] = dict(layout)
        user.save(update_fields=["preferences"])
