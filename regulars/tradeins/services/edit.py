"""Changing a trade-in and its items."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.rules import as_json
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.resources.conflicts import UnknownVersion
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit
from regulars.tradeins import events, queries
from regulars.tradeins.choices import OFFERED, Status
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import Item, TradeIn
from regulars.tradeins.rules import check_items, total, why_items_stay, write_items
from regulars.tradeins.services.create import add_items
from regulars.tradeins.services.locking import lock_tradeins

EDITABLE = ("location", "courier", "tracking_number", "note", "expires_at")


class Overtaken(Refused):
    """Somebody else changed the trade-in since the person began to edit. Nothing was written."""

    code = "edit_conflict"


def edit_tradein(
    *,
    store: Store,
    tradein_id: UUID,
    values: Mapping[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> TradeIn:
    """Change facts of a trade-in, and with `items` its items: the price until it is accepted, the final price once the
    goods are looked at.

    Raises `NotFound`, `InvalidRecord`, `Overtaken` and `UnknownVersion`.
    """
    if unknown := set(values) - {*EDITABLE, "items"}:
        raise InvalidRecord(dict.fromkeys(sorted(unknown), _("This cannot be edited.")))
    with transaction.atomic():
        tradein = lock_tradeins(store, [tradein_id]).get(tradein_id)
        if tradein is None:
            raise NotFound(_("This trade-in does not exist in this store."))
        items = queries.facts_of(queries.items_of(store=store, tradein_id=tradein_id))
        wanted = items if "items" not in values else _known(items, values["items"])
        changed = {name: values[name] for name in EDITABLE if name in values}
        changed = {name: value for name, value in changed.items() if value != getattr(tradein, name)}
        if not changed and wanted == items:
            return tradein
        _unless_overtaken(tradein, base_version)
        _check(tradein, items, wanted, changed, now)
        before = {name: as_json(getattr(tradein, name)) for name in changed}
        after = {name: as_json(value) for name, value in changed.items()}
        if wanted != items:
            _write_items(tradein, items, wanted)
            before["items"] = write_items(items, tradein.currency)
            after["items"] = write_items(wanted, tradein.currency)
        for name, value in changed.items():
            setattr(tradein, name, value)
        tradein.version += 1
        tradein.updated_at = now
        tradein.save(
            update_fields=[*changed, "status", "quoted_minor", "final_minor", "version", "updated_at"]
        )
        touched = Touched(tradein.pk, tradein.version, before, after)
        emit(store=store, actor=actor, resource="tradeins", kind=events.EDITED, touched=touched, now=now)
    return tradein


def sums(tradein: TradeIn, items: Sequence[ItemFacts]) -> None:
    """Put the sums of the items beside the trade-in."""
    tradein.quoted_minor = total(one.quoted_minor for one in items) or 0
    tradein.final_minor = total(one.final_minor for one in items)


def _known(items: Sequence[ItemFacts], wanted: Sequence[ItemFacts]) -> list[ItemFacts]:
    """The items that are wanted, each of those without an id as the known one in its place, if there is one."""
    ids = {one.id for one in items}
    if any(one.id is not None and one.id not in ids for one in wanted):
        raise InvalidRecord({"items": _("One of the items does not belong to this trade-in.")})
    taken = {one.id for one in wanted}
    free = [one.id if one.id not in taken else None for one in items]
    return [
        one
        if one.id is not None
        else ItemFacts(
            one.title,
            one.condition,
            one.serial,
            one.quoted_minor,
            one.final_minor,
            free[at] if at < len(free) else None,
        )
        for at, one in enumerate(wanted)
    ]


def _check(
    tradein: TradeIn,
    items: Sequence[ItemFacts],
    wanted: Sequence[ItemFacts],
    changed: Mapping[str, Any],
    now: datetime,
) -> None:
    check_items(wanted)
    errors: dict[str, str] = {}
    if why := why_items_stay(tradein.status, items, wanted):
        errors["items"] = why
    expires_at = changed.get("expires_at", now)
    if expires_at is None or ("expires_at" in changed and expires_at <= now):
        errors["expires"] = _("Give a day to come.")
    if errors:
        raise InvalidRecord(errors)


def _write_items(tradein: TradeIn, items: Sequence[ItemFacts], wanted: Sequence[ItemFacts]) -> None:
    Item.objects.filter(store=tradein.store, tradein=tradein).delete()
    add_items(tradein, wanted)
    sums(tradein, wanted)
    if tradein.status in OFFERED and total(one.quoted_minor for one in wanted) is None:
        tradein.status = Status.REQUIRES_REVIEW  # a price is missing again


def _unless_overtaken(tradein: TradeIn, base_version: int | None) -> None:
    if base_version is None or base_version == tradein.version:
        return
    if base_version > tradein.version:
        raise UnknownVersion(
            _("This trade-in is at version %(version)s. Look at it again, then change it.")
            % {"version": tradein.version}
        )
    raise Overtaken(
        _(
            "Somebody else changed this trade-in meanwhile. Compare with what is there now, and save once more."
        )
    )
