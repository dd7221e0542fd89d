"""What a merge would do, found by doing it and taking it back at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import transaction

from regulars.customers.models import Customer
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.duplicates.services.merge import merge_customers
from regulars.kit.actor import Actor
from regulars.stores.models import Store

# What nobody needs to be told: it follows from the merge itself.
_SILENT = (Customer, Pair)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The survivor as it would be, what would move to it, and what it has one of already and is set aside."""

    result: Customer
    moved: list[str]
    clashes: list[str]


def rehearse_merge(
    *,
    store: Store,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    choices: Mapping[str, UUID],
    actor: Actor,
    now: datetime,
) -> Rehearsed:
    """What merging would do. Nothing is written. Raises what merging raises."""
    with transaction.atomic():
        outcome = merge_customers(
            store=store,
            survivor_id=survivor_id,
            loser_ids=loser_ids,
            choices=choices,
            actor=actor,
            now=now,
        )
        assert outcome.change_set is not None
        merges = Merge.objects.filter(store=store, change_set_id=outcome.change_set)
        moved: dict[str, int] = {}
        for table, rows in Moved.objects.filter(merge__in=merges).values_list("table", "rows"):
            moved[table] = moved.get(table, 0) + len(rows)
        kept: dict[str, int] = {}
        for table in Kept.objects.filter(merge__in=merges, made=False).values_list("table", flat=True):
            kept[table] = kept.get(table, 0) + 1
        result = Customer.objects.select_related("group").get(store=store, pk=survivor_id)
        transaction.set_rollback(True)
    return Rehearsed(result, _say(moved), _say(kept))


def _say(counts: Mapping[str, int]) -> list[str]:
    """ "3 orders", "1 note"."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    said = []
    for table, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        model = models[table]
        if model in _SILENT:
            continue
        name = str(model._meta.verbose_name)
        ending = "" if count == 1 else "es" if name.endswith("s") else "s"
        said.append(f"{count:,} {'earlier ' if model is Merge else ''}{name}{ending}")
    return said
