"""What a merge would do, found by doing it and taking it back at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext_lazy

from regulars.customers.models import Customer
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.duplicates.services.merge import merge_customers
from regulars.kit.actor import Actor
from regulars.stores.models import Store

# What nobody needs to be told: it follows from the merge itself.
_SILENT = (Customer, Pair)
_NAMES = {
    "customers_address": ngettext_lazy("%(count)s address", "%(count)s addresses", "count"),
    "customers_note": ngettext_lazy("%(count)s note", "%(count)s notes", "count"),
    "blocklist_rule": ngettext_lazy("%(count)s block rule", "%(count)s block rules", "count"),
    "credit_entry": ngettext_lazy(
        "%(count)s entry of store credit", "%(count)s entries of store credit", "count"
    ),
    "messaging_message": ngettext_lazy("%(count)s message", "%(count)s messages", "count"),
    "messaging_consent": ngettext_lazy("%(count)s consent", "%(count)s consents", "count"),
    "accounts_account": ngettext_lazy("%(count)s login", "%(count)s logins", "count"),
    "accounts_visit": ngettext_lazy(
        "%(count)s look of staff into the portal", "%(count)s looks of staff into the portal", "count"
    ),
    "accounts_session": ngettext_lazy("%(count)s session", "%(count)s sessions", "count"),
    "orders_order": ngettext_lazy("%(count)s order", "%(count)s orders", "count"),
    "duplicates_merge": ngettext_lazy("%(count)s earlier merge", "%(count)s earlier merges", "count"),
    "segments_membership": ngettext_lazy(
        "%(count)s membership of a segment", "%(count)s memberships of segments", "count"
    ),
    "loyalty_entry": ngettext_lazy("%(count)s entry of points", "%(count)s entries of points", "count"),
    "loyalty_membership": ngettext_lazy(
        "%(count)s membership of a tier", "%(count)s memberships of tiers", "count"
    ),
    "invoices_invoice": ngettext_lazy("%(count)s invoice", "%(count)s invoices", "count"),
    "tradeins_customerpayout": ngettext_lazy("%(count)s way of payout", "%(count)s ways of payout", "count"),
    "tradeins_tradein": ngettext_lazy("%(count)s trade-in", "%(count)s trade-ins", "count"),
    "offers_code": ngettext_lazy("%(count)s code of an offer", "%(count)s codes of offers", "count"),
    "offers_grant": ngettext_lazy("%(count)s offer", "%(count)s offers", "count"),
    "offers_redemption": ngettext_lazy("%(count)s redemption", "%(count)s redemptions", "count"),
    "privacy_request": ngettext_lazy(
        "%(count)s request about personal data", "%(count)s requests about personal data", "count"
    ),
    "privacy_copy": ngettext_lazy("%(count)s copy of their data", "%(count)s copies of their data", "count"),
}
_OTHERS = ngettext_lazy("%(count)s thing more", "%(count)s things more", "count")


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
    silent = {model._meta.db_table for model in _SILENT}
    return [
        _NAMES.get(table, _OTHERS) % {"count": count}
        for table, count in sorted(counts.items(), key=lambda pair: -pair[1])
        if table not in silent
    ]
