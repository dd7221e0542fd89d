"""What a store promises about personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.privacy import events
from regulars.privacy.models import Settings
from regulars.privacy.permissions import SETTINGS
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

_RANGES = {"deadline_days": (1, 31), "grace_days": (0, 30)}


def edit_settings(*, store: Store, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Settings:
    """Change what is promised; requests that are there keep their days. Raises `Invalid`."""
    actor.require(SETTINGS)
    for name, (least, most) in _RANGES.items():
        if name in changes and not least <= changes[name] <= most:
            raise Invalid(_("Give %(least)s to %(most)s days.") % {"least": least, "most": most}, field=name)
    with transaction.atomic():
        found, _new = Settings.objects.select_for_update().get_or_create(store=store)
        before = {name: getattr(found, name) for name in changes}
        changed = {name: value for name, value in changes.items() if value != before[name]}
        if not changed:
            return found
        for name, value in changed.items():
            setattr(found, name, value)
        found.save(update_fields=list(changed))
        told = Touched(store.pk, 0, {name: before[name] for name in changed}, changed)
        emit(store=store, actor=actor, resource="stores", kind=events.SETTINGS_EDITED, touched=told, now=now)
    return found
