"""Putting views back as they were before somebody saved, changed or deleted them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, record
from regulars.timeline.undoing import Past
from regulars.views import events, queries
from regulars.views.choices import Scope
from regulars.views.models import First, Pin, View
from regulars.views.services.save import as_json, touched_of, write_view

GONE = gettext_noop("no longer exists")
CHANGED = gettext_noop("was changed since")
TAKEN = gettext_noop("another view has this name by now")
NOT_YOURS = gettext_noop("only its owner, or who may share views, can do this")


def restore_views(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was done to views, each by itself; returns those left alone and why."""
    left: dict[UUID, str] = {}
    for past in pasts:
        try:
            with transaction.atomic():
                why = _restore(store, past, actor, now, change_set)
        except IntegrityError as error:
            if "view_name_unique_per" not in str(error):
                raise
            why = _(TAKEN)
        if why:
            left[past.record_id] = why
    return left


def _restore(store: Store, past: Past, actor: Actor, now: datetime, change_set: OpenChangeSet) -> str:
    """One view; returns why it was left alone."""
    view = lock_rows(View.objects.filter(store=store), [past.record_id]).get(past.record_id)
    if not past.after:  # it was deleted
        if view is not None:
            return _(CHANGED)
        view = View(id=past.record_id, store=store, version=past.version, **_values(past.before))
        if not queries.may_change(view=view, actor=actor):
            return _(NOT_YOURS)
        view.changed_by, view.created_at, view.updated_at = actor.name, now, now
        view.version += 1
        view.save(force_insert=True)
        _pin_again(store, view, past.data)
    elif view is None:
        return _(GONE)
    elif not queries.may_change(view=view, actor=actor):
        return _(NOT_YOURS)
    elif any(as_json(getattr(view, name)) != value for name, value in past.after.items()):
        return _(CHANGED)
    elif past.before:
        values = _values(past.before)
        if values.get("scope", Scope.PERSONAL) != Scope.PERSONAL and not actor.may(queries.SHARE):
            return _(NOT_YOURS)  # it was shared, by somebody who then still might
        write_view(view=view, values=values, by=actor.name, now=now)
    else:  # it was new
        view.delete()
    told = touched_of(view=view, before=past.after, after=past.before, data=past.data)
    told = replace(told, record_id=past.record_id)
    record(change_set=change_set, resource="views", kind=events.UNDONE, touched=[told], now=now)
    return ""


def _values(before: Mapping[str, Any]) -> dict[str, Any]:
    """Columns from the values that an event keeps."""
    fields = {field.attname: field for field in View._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}


def _pin_again(store: Store, view: View, data: Mapping[str, Any]) -> None:
    """Give the view back to the side bars it was in, and to the lists that opened with it."""
    Pin.objects.bulk_create(
        [
            Pin(store=store, user_id=user, view=view, position=position)
            for user, position in data.get("pins", [])
        ],
        ignore_conflicts=True,
    )
    First.objects.bulk_create(
        [
            First(store=store, user_id=user, resource=view.resource, view=view)
            for user in data.get("firsts", [])
        ],
        ignore_conflicts=True,
    )
