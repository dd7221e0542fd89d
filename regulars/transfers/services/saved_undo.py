"""Putting saved exports back as they were before somebody saved, changed or deleted them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past
from regulars.transfers import events
from regulars.transfers.models import SavedExport
from regulars.transfers.services.saved import NOT_YOURS, as_json, may_change, may_stop, plan_next

GONE = gettext_noop("no longer exists")
CHANGED = gettext_noop("was changed since")


def restore_saved(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was done to saved exports; returns those left alone and why."""
    left: dict[UUID, str] = {}
    for past in pasts:
        with transaction.atomic():
            why = _restore(store, past, actor, now)
            if why:
                left[past.record_id] = why
                continue
            told = Touched(
                past.record_id, version=past.version, before=past.after, after=past.before, data=past.data
            )
            record(
                change_set=change_set,
                resource="saved_exports",
                kind=events.EXPORT_UNDONE,
                touched=[told],
                now=now,
            )
    return left


def _restore(store: Store, past: Past, actor: Actor, now: datetime) -> str:
    """One of them; returns why it was left alone."""
    rows = SavedExport.objects.select_related("store").filter(store=store)
    saved = lock_rows(rows, [past.record_id]).get(past.record_id)
    if not past.after:  # it was deleted
        if saved is not None:
            return _(CHANGED)
        saved = SavedExport(id=past.record_id, store=store, created_at=now, **_values(past.before))
        return _put_back(saved, actor, now, is_new=True)
    if saved is None:
        return _(GONE)
    if any(as_json(getattr(saved, name)) != value for name, value in past.after.items()):
        return _(CHANGED)
    if not past.before:  # it was new
        if not may_stop(saved=saved, actor=actor):
            return _(NOT_YOURS)
        saved.delete()
        return ""
    for name, value in _values(past.before).items():
        setattr(saved, name, value)
    return _put_back(saved, actor, now, is_new=False)


def _put_back(saved: SavedExport, actor: Actor, now: datetime, *, is_new: bool) -> str:
    """By its owner, or by who manages the store; then it is the owner who decides when it goes on."""
    if not may_stop(saved=saved, actor=actor):
        return _(NOT_YOURS)
    saved.active = saved.active and may_change(saved=saved, actor=actor)
    plan_next(saved, now)
    saved.version += 1
    saved.save(force_insert=is_new)
    return ""


def _values(before: dict[str, Any]) -> dict[str, Any]:
    """Columns from the values that an event keeps."""
    fields = {field.attname: field for field in SavedExport._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}
