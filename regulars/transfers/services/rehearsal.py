"""What an import would change beside the records: found by writing the first rows and taking them back at once."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.effects import compare, look
from regulars.resources.resource import get_resource
from regulars.timeline.queries import pasts_of
from regulars.timeline.services import open_change_set
from regulars.transfers.choices import Phase, RowVerdict
from regulars.transfers.claims import Claims
from regulars.transfers.events import IMPORTED
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.queries import brought_before
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.services.batch import BatchWork
from regulars.transfers.services.readers import importer_of, reader_of
from regulars.transfers.services.staging import rows_of

LOOKED_AT = 500
MOST_TOLD = 30


def effects_of(imported: Import, context: Context) -> list[str]:
    """Sentences about who would come into or leave segments, the newsletter and the like."""
    rows = (
        rows_of(imported, Phase.CHECK)
        .filter(verdict__in=(RowVerdict.NEW, RowVerdict.CHANGED))
        .order_by("line")
    )
    found = list(islice(rows.iterator(), LOOKED_AT + 1))
    records = [Record(row.line, list(row.cells)) for row in found[:LOOKED_AT]]
    told = [_("Nobody is written to: an import sends no messages.")]
    if not records:
        return told
    if any(row.verdict == RowVerdict.NEW for row in found) and (earlier := brought_before(imported)):
        day = imported.store.day_of(earlier.created_at).isoformat()
        told.insert(
            0,
            _("The same file was imported on %(day)s by %(name)s. What is new in it is written once more.")
            % {"day": day, "name": earlier.actor_name},
        )
    known = [row.record_id for row in found if row.record_id]
    before = look(imported.resource, ids=known, context=context)
    with transaction.atomic():
        after = _after(imported, records, context)
        transaction.set_rollback(True)
    some = (
        _(" (of the first %(looked_at)s rows that change something)") % {"looked_at": LOOKED_AT}
        if len(found) > LOOKED_AT
        else ""
    )
    for effect in compare(before, after)[:MOST_TOLD]:
        parts = [
            f"{count:,} {word}" for count, word in ((effect.more, "more"), (effect.fewer, "fewer")) if count
        ]
        told.append(f"{effect.label}: {', '.join(parts)}{some}.")
    return told


def _after(imported: Import, records: Sequence[Record], context: Context) -> dict[Words, set[UUID]]:
    plan = Plan.from_json(imported.plan)
    opened = open_change_set(store=imported.store, actor=context.actor, kind=IMPORTED, now=context.now)
    work = BatchWork(
        importer=importer_of(get_resource(imported.resource)),
        reader=reader_of(imported, plan, context),
        claims=Claims(store=imported.store, import_id=imported.pk, phase=Phase.MAP),
        context=context,
        plan=plan,
        change_set=opened,
    )
    work.do(records, context.now)
    written = pasts_of(store=imported.store, change_set_id=opened.id, limit=LOOKED_AT)
    return look(imported.resource, ids=[past.record_id for past in written], context=context)
