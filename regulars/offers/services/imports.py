"""Writing the offers that a file brings."""

from collections.abc import Sequence
from datetime import datetime

from regulars.customers.rules import as_json
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.offers import events
from regulars.offers.choices import Codes
from regulars.offers.codes import code_key, new_code, show_code
from regulars.offers.models import Offer
from regulars.offers.services.saving import UNLESS_GIVEN, write_offer
from regulars.resources.importer import Decision, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record


def write_imported_offers(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Add the new offers, as drafts, and change the known ones, with one event each."""
    made, told = [], []
    for one in decisions:
        if one.verdict is not Verdict.NEW:
            continue
        facts = UNLESS_GIVEN | one.values
        is_shared = facts["codes"] == Codes.SHARED
        if is_shared and not facts["code"]:
            facts["code"] = show_code(new_code())
        offer = Offer(
            id=new_id(),
            store=store,
            code_key=code_key(facts["code"]) if is_shared else "",
            author_id=change_set.actor.id,
            author_name=change_set.actor.name,
            created_at=now,
            updated_at=now,
            **facts,
        )
        made.append(offer)
        told.append(Touched(offer.pk, 1, after={name: as_json(value) for name, value in one.values.items()}))
    Offer.objects.bulk_create(made, batch_size=2000)
    record(change_set=change_set, resource="offers", kind=events.CREATED, touched=told, now=now)
    changed = {one.record_id: one for one in decisions if one.verdict is Verdict.CHANGED and one.record_id}
    if not changed:
        return
    found = lock_rows(Offer.objects.filter(store=store), list(changed))
    if len(found) < len(changed) or any(found[pk].version != one.version for pk, one in changed.items()):
        raise Overtaken
    if any(0 < one.values.get("limit_total", 0) < found[pk].redeemed for pk, one in changed.items()):
        raise Overtaken
    touched = [write_offer(found[pk], one.values, now=now) for pk, one in changed.items()]
    record(change_set=change_set, resource="offers", kind=events.EDITED, touched=touched, now=now)
