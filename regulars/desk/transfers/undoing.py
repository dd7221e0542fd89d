"""Taking an import back, as its page offers it: the change page shows what would happen before it does."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.resources.context import Context
from regulars.timeline.queries import undone_by
from regulars.timeline.undoing import DAYS
from regulars.transfers.queries import ImportView


def undo_part(view: ImportView, context: Context) -> dict[str, Any] | None:
    """The way to take back what an import wrote, or to how that was done; nothing where it wrote nothing."""
    if view.change_set_id is None or view.is_live or not view.counts["new"] + view.counts["changed"]:
        return None
    here = {"store": context.store.slug}
    done = undone_by(store=context.store, change_set_id=view.change_set_id)
    if done is not None:
        return {
            "url": reverse("change", kwargs={**here, "change_set": done.id}),
            "label": _("How it was undone"),
        }
    if context.now - (view.started_at or view.created_at) >= timedelta(days=DAYS):
        return None
    return {
        "url": reverse("change", kwargs={**here, "change_set": view.change_set_id}),
        "label": _("Undo this import…"),
    }
