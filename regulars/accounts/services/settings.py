"""How customers of a store sign in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.accounts import events
from regulars.accounts.choices import SecondStep
from regulars.accounts.models import Session, Settings
from regulars.accounts.rules import check_password_rules
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.kit.ids import new_id
from regulars.staff.permissions import STORE_MANAGE
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

EDITABLE = ("active", "second_step", "totp", "sms")


def edit_settings(
    *, store: Store, changes: Mapping[str, Any], default_password: str | None, actor: Actor, now: datetime
) -> Settings:
    """Change how customers sign in. `default_password`: nothing leaves it, an empty one takes it away.

    Where accounts are turned off all customers are signed out. Raises `InvalidRecord`.
    """
    actor.require(STORE_MANAGE)
    if default_password:
        check_password_rules(
            password=default_password, person=Customer(company=store.name), field="default_password"
        )
    with transaction.atomic():
        Settings.objects.bulk_create([Settings(id=new_id(), store=store)], ignore_conflicts=True)
        kept = Settings.objects.select_for_update().get(store=store)
        before = _shown(kept)
        for name in EDITABLE:
            if name in changes:
                setattr(kept, name, changes[name])
        if kept.second_step != SecondStep.OFF and not (kept.totp or kept.sms):
            raise InvalidRecord({"second_step": _("Allow at least one way for the second step.")})
        if default_password is not None:
            kept.default_password = make_password(default_password) if default_password else ""
        kept.save(update_fields=[*EDITABLE, "default_password"])
        if not kept.active:
            Session.objects.filter(store=store).delete()
        after = _shown(kept) | ({"default_password_changed": True} if default_password else {})
        if after != before:
            touched = Touched(store.pk, 0, before, after)
            emit(
                store=store,
                actor=actor,
                resource="stores",
                kind=events.SETTINGS_EDITED,
                touched=touched,
                now=now,
            )
    return kept


def _shown(kept: Settings) -> dict[str, Any]:
    """What the history keeps: never the password, not even its hash."""
    return {name: getattr(kept, name) for name in EDITABLE} | {
        "default_password": bool(kept.default_password)
    }
