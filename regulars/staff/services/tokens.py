"""API tokens: keys with which other systems work in one store."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.text import storable
from regulars.staff import queries, rules
from regulars.staff.choices import Role
from regulars.staff.events import TOKEN_CREATED, TOKEN_REVOKED
from regulars.staff.models import ApiToken
from regulars.staff.permissions import TOKENS_MANAGE
from regulars.stores.models import Store
from regulars.timeline import services as timeline
from regulars.timeline.services import Touched

MARK = "reg_"
_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    *, store: Store, name: str, actor: Actor, now: datetime, role: str = Role.MANAGER
) -> tuple[queries.TokenRow, str]:
    """Make a key for another system. The secret is given back once and never again.

    Raises `NotAllowed` and `Invalid`.
    """
    actor.require(TOKENS_MANAGE)
    given = rules.known_role(role)
    rules.check_may_give(own=actor.role, role=given)
    label = storable(name).strip()
    if not label or len(label) > 100:
        raise Invalid(_("Say in a few words which system uses the token."), field="name")
    secret = MARK + rules.new_secret()
    with transaction.atomic():
        made = ApiToken.objects.create(
            store=store,
            name=label,
            role=given,
            secret_hash=rules.hash_secret(secret),
            prefix=secret[:12],
            created_by_id=actor.id if actor.kind == "staff" else None,
        )
        token = ApiToken.objects.get(pk=made.pk)
        touched = Touched(token.pk, data={"name": label, "role": given.value})
        timeline.emit(
            store=store, actor=actor, resource="tokens", kind=TOKEN_CREATED, touched=touched, now=now
        )
    return queries.token_row(token=token), secret


def revoke_token(*, store: Store, token_id: UUID, actor: Actor, now: datetime) -> None:
    """End a key: the next request with it is refused. Raises `NotAllowed` and `NotFound`."""
    actor.require(TOKENS_MANAGE)
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(store=store, pk=token_id, revoked_at=None).first()
        if token is None:
            raise NotFound(_("There is no such token, or it was ended before."))
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        touched = Touched(token.pk, data={"name": token.name, "role": token.role})
        timeline.emit(
            store=store, actor=actor, resource="tokens", kind=TOKEN_REVOKED, touched=touched, now=now
        )


def use_token(*, secret: str, now: datetime) -> tuple[Store, Actor] | None:
    """The store and actor behind a key sent with a request; notes its use at most once a minute."""
    found = queries.find_token(secret=secret)
    if found is not None:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED_EVERY)
        ApiToken.objects.filter(unnoted, secret_hash=rules.hash_secret(secret)).update(last_used_at=now)
    return found
