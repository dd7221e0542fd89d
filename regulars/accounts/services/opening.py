"""Staff look at the portal as a customer: for a quarter of an hour, written down for the customer to see."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.accounts import events, queries
from regulars.accounts.choices import Stage
from regulars.accounts.models import Session, Visit
from regulars.accounts.permissions import ACT
from regulars.accounts.rules import ENTER_WITHIN, VISIT
from regulars.accounts.services.mailing import address
from regulars.accounts.services.sessions import Begun
from regulars.accounts.services.signing_in import require_accounts
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.staff.rules import hash_secret, new_secret
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, emit, open_change_set, record


class NoVisit(Refused):
    """The link was used, is too old, or belongs to somebody else."""

    code = "no_visit"
    status = 410


def open_portal(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Open the portal of a customer: gives a link that works once, within five minutes, for whoever asked.

    To look only, unless acting on behalf is asked for and allowed.
    """
    require_accounts(store=store)
    acts = bool(inputs.get("act"))
    if acts:
        actor.require(ACT)
    reason = str(inputs.get("reason") or "").strip()
    outcome = Outcome()
    with transaction.atomic():
        found = lock_rows(Customer.objects.filter(store=store), ids)
        for one in ids:
            customer = found.get(one)
            if customer is None or customer.state == State.ANONYMISED:
                outcome.skipped[one] = _("is anonymised") if customer else _("does not exist in this store")
                continue
            secret = new_secret()
            Visit.objects.create(
                id=new_id(),
                store=store,
                customer=customer,
                staff_id=actor.id if actor.kind == "staff" else None,
                staff_name=actor.name,
                may_act=acts,
                reason=reason,
                secret_hash=hash_secret(secret),
                enter_until=now + ENTER_WITHIN,
                created_at=now,
            )
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.OPENED, now=now)
            told = {
                "how": gettext_lazy(", to act on behalf") if acts else gettext_lazy(", to look"),
                "because": f": {reason}" if reason else "",
            }
            record(
                change_set=opened, resource="customers", kind=events.OPENED,
                touched=[Touched(one, data=told)], now=now,
            )  # fmt: skip
            outcome.change_set = opened.id
            outcome.said[one] = address(store, f"enter/{secret}/")
            outcome.done.append(one)
    return outcome


def find_visit(*, store: Store, secret: str, staff_id: UUID | None, now: datetime) -> Visit:
    """The visit that a link opens for this person. Raises `NoVisit`."""
    rows = Visit.objects.select_related("customer").filter(
        store=store, secret_hash=hash_secret(secret), entered_at=None, enter_until__gt=now
    )
    visit = rows.first()
    # A link that was opened at the machine itself has no person; any other works for its own alone.
    if visit is None or (visit.staff_id is not None and visit.staff_id != staff_id):
        raise NoVisit(_("This link is used, too old, or was made for somebody else. Open the portal again."))
    return visit


def enter(*, store: Store, secret: str, staff_id: UUID | None, device: str, ip: str, now: datetime) -> Begun:
    """Begin the visit, in the browser of the person who asked for it. Raises `NoVisit`."""
    with transaction.atomic():
        visit = find_visit(store=store, secret=secret, staff_id=staff_id, now=now)
        taken = Visit.objects.filter(store=store, pk=visit.pk, entered_at=None).update(entered_at=now)
        if not taken:
            raise NoVisit(_("This link is used already. Open the portal again."))
        key = new_secret()
        Session.objects.create(
            id=new_id(),
            store=store,
            customer_id=visit.customer_id,
            visit=visit,
            key_hash=hash_secret(key),
            stage=Stage.WHOLE,
            device=device,
            ip=ip,
            created_at=now,
            seen_at=now,
            proved_at=now,
            expires_at=now + VISIT,
        )
    return Begun(key, Stage.WHOLE, remembered=False)


def leave(*, visitor: queries.Visitor, now: datetime) -> None:
    """End a visit."""
    assert visitor.staff is not None
    with transaction.atomic():
        Session.objects.filter(store=visitor.store, pk=visitor.session_id).delete()
        Visit.objects.filter(store=visitor.store, pk=visitor.staff.id, left_at=None).update(left_at=now)
        touched = Touched(visitor.customer_id)
        actor = Actor(kind="staff", id=visitor.staff.staff_id, name=visitor.staff.name, surface="portal")
        emit(
            store=visitor.store, actor=actor, resource="customers", kind=events.LEFT, touched=touched, now=now
        )
