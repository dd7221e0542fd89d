"""How a store writes its invoices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.invoices import events
from regulars.invoices.models import Settings
from regulars.invoices.services.writing import lock_settings
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.staff.permissions import STORE_MANAGE
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

EDITABLE = (
    "number_prefix", "seller_name", "seller_address", "seller_tax_id", "payment_text", "foot_text", "terms_days",
    "tax_percent", "prices_include_tax",
)  # fmt: skip
LONGEST_PREFIX = 12


def edit_settings(*, store: Store, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Settings:
    """Change how invoices are written from now on. Raises `InvalidRecord` and `NotAllowed`."""
    actor.require(STORE_MANAGE)
    values = {
        name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        for name, value in changes.items()
    }
    _check(values)
    with transaction.atomic():
        settings = lock_settings(store)
        before = {
            name: getattr(settings, name)
            for name, value in values.items()
            if getattr(settings, name) != value
        }
        if not before:
            return settings
        for name in before:
            setattr(settings, name, values[name])
        settings.save(update_fields=list(before))
        told = Touched(
            settings.pk,
            before={name: _as_json(value) for name, value in before.items()},
            after={name: _as_json(values[name]) for name in before},
        )
        emit(store=store, actor=actor, resource="stores", kind=events.SETTINGS_EDITED, touched=told, now=now)
    return settings


def _check(values: Mapping[str, Any]) -> None:
    errors = dict.fromkeys(sorted(set(values) - set(EDITABLE)), _("There is no such setting."))
    prefix = values.get("number_prefix", "")
    if prefix[-1:].isdigit() or len(prefix) > LONGEST_PREFIX or any(char.isspace() for char in prefix):
        errors["number_prefix"] = _(
            "Up to %(longest_prefix)s letters and signs without spaces, not ending with a digit."
        ) % {"longest_prefix": LONGEST_PREFIX}
    if not 0 <= values.get("terms_days", 0) <= 366:
        errors["terms_days"] = _("Give a number of days from 0 to 366.")
    if not 0 <= values.get("tax_percent", 0) <= 100:
        errors["tax_percent"] = _("Give a percentage from 0 to 100.")
    if errors:
        raise InvalidRecord(errors)


def _as_json(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else str(value)
