"""How a store runs its points."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.loyalty import events, queries
from regulars.loyalty.choices import BelowZero
from regulars.loyalty.models import Programme
from regulars.loyalty.rules import MOST
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

# The most that each number may be.
_MOST = {
    "value_minor": 10**9,
    "expire_months": 1200,
    "warn_days": 366,
    "pending_days": 366,
    "approval_above": MOST,
}
EDITABLE = ("active", *_MOST, "below_zero", "daily_caps")


class PointsOff(Refused):
    """The store gives and takes no points."""

    code = "points_off"


def running_programme(*, store: Store) -> Programme:
    """How a store runs its points. Raises `PointsOff` when it does not."""
    programme = queries.programme_of(store=store)
    if not programme.active:
        raise PointsOff(_("Points are switched off in the settings of this store."))
    return programme


def edit_programme(*, store: Store, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Programme:
    """Change how points are given and taken from now on; entries that are there stay as they are.

    Raises `InvalidRecord` and `NotAllowed`.
    """
    actor.require("points.programme")
    _check(changes)
    with transaction.atomic():
        Programme.objects.get_or_create(store=store)
        programme = Programme.objects.select_for_update().get(store=store)
        before = {
            name: getattr(programme, name)
            for name, value in changes.items()
            if getattr(programme, name) != value
        }
        if not before:
            return programme
        for name in before:
            setattr(programme, name, changes[name])
        programme.save(update_fields=list(before))
        told = Touched(programme.pk, before=before, after={name: changes[name] for name in before})
        emit(store=store, actor=actor, resource="stores", kind=events.PROGRAMME_EDITED, touched=told, now=now)
    return programme


def _check(changes: Mapping[str, Any]) -> None:
    errors = dict.fromkeys(sorted(set(changes) - set(EDITABLE)), _("There is no such setting."))
    for name, most in _MOST.items():
        value = changes.get(name, 0)
        if type(value) is not int or not 0 <= value <= most:
            errors[name] = _("Give a whole number from 0 to %(most)s.") % {"most": f"{most:,}"}
    if changes.get("below_zero", "refuse") not in BelowZero.values:
        errors["below_zero"] = _("Choose one of: %(names)s.") % {"names": ", ".join(BelowZero.values)}
    if type(changes.get("active", True)) is not bool:
        errors["active"] = _("Say yes or no.")
    caps = changes.get("daily_caps", {})
    if not isinstance(caps, dict) or any(
        role not in Role.values or type(cap) is not int or not 0 <= cap <= MOST for role, cap in caps.items()
    ):
        errors["daily_caps"] = _("Give a whole number of points for each role that has a cap.")
    if errors:
        raise InvalidRecord(errors)
