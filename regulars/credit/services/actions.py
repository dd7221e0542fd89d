"""Giving and taking store credit by hand; one customer is a selection of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.credit.choices import Source
from regulars.credit.services.change import Change, change_many
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


def add_credit(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give customers store credit."""
    return _change(store, ids, inputs, 1, actor, now, change_set)


def take_credit(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take store credit from customers; who has less is left as before."""
    return _change(store, ids, inputs, -1, actor, now, change_set)


def _change(
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    sign: int,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    amount = inputs["amount"]
    if amount is None or amount <= 0:
        raise InvalidRecord({"amount": _("Give an amount above zero.")})
    changes = [Change(one, sign * amount, inputs["reason"]) for one in dict.fromkeys(ids)]
    changed = change_many(
        store=store, changes=changes, source=Source.HAND, actor=actor, now=now, change_set=change_set
    )
    return Outcome([one.customer_id for one in changed.entries], changed.left, changed.change_set)
