"""Which changes of customers can be undone, and by whom: who may make a change by hand may take it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.resource.fields import FIELDS
from regulars.customers.resource.permissions import ARCHIVE, CONSENT, EDIT, IMPORT, NOTES, STATE, TAG
from regulars.customers.services import undo
from regulars.customers.services.unimport import remove_imported
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import Past, final, undoable

_BY_VERB = {
    "tags": TAG,
    "group_id": TAG,
    "accepts_marketing": CONSENT,
    "points_summary": CONSENT,
    "accepts_sms": CONSENT,
}
_BY_FIELD = {path: field.edit_permission for field in FIELDS for path in (field.path, *field.needs)}


def restore_facts(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put facts back, as far as the person may change them."""
    refused = {
        past.record_id: gettext("your role may not change this")
        for past in pasts
        if not all(actor.may(permission) for permission in _needed(past))
    }
    going = [past for past in pasts if past.record_id not in refused]
    left = undo.restore_facts(store=store, pasts=going, actor=actor, now=now, change_set=change_set)
    return refused | left


def _needed(past: Past) -> Iterable[str]:
    for name, value in past.before.items():
        if name == "state":
            yield ARCHIVE if State.ARCHIVED in (value, past.after.get(name)) else STATE
        else:
            yield _BY_VERB.get(name) or _BY_FIELD.get(name, "") or EDIT


def declare_undo() -> None:
    """Make the changes of customers undoable. Called once, at start."""
    facts = (
        events.EDITED,
        events.CHANGED_BY_FILE,
        events.ARCHIVED,
        events.RESTORED,
        events.DEACTIVATED,
        events.ACTIVATED,
        events.TAGGED,
        events.GROUPED,
        events.LANGUAGE_SET,
        events.SUBSCRIBED,
        events.UNSUBSCRIBED,
        events.SUMMARY_SUBSCRIBED,
        events.SUMMARY_UNSUBSCRIBED,
        events.SMS_SUBSCRIBED,
        events.SMS_UNSUBSCRIBED,
        events.FLAGGED,
        events.FLAG_REVIEWED,
        events.UNDONE,
    )
    undoable(facts, restore_facts, permission=EDIT)
    undoable(events.IMPORTED, remove_imported, permission=IMPORT)
    final(events.IMPORT_UNDONE, _("Customers were removed for good here: bring the file again instead."))
    addresses = (
        events.ADDRESS_ADDED,
        events.ADDRESS_EDITED,
        events.ADDRESS_REMOVED,
        events.ADDRESS_UNDONE,
    )
    undoable(addresses, undo.restore_addresses, permission=EDIT)
    main = (events.ADDRESS_MADE_MAIN, events.MAIN_ADDRESS_UNDONE)
    undoable(main, undo.restore_main_address, permission=EDIT)
    notes = (
        events.NOTED,
        events.NOTE_EDITED,
        events.NOTE_PINNED,
        events.NOTE_UNPINNED,
        events.NOTE_REMOVED,
        events.NOTE_UNDONE,
    )
    undoable(notes, undo.restore_notes, permission=NOTES)
