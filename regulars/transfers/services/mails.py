"""Mails of saved exports: a link to the file, never what is in it; and why a schedule was stopped."""

import logging
from collections.abc import Mapping
from datetime import datetime
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from regulars.resources.resource import get_resource
from regulars.staff.outbox import StoreMail
from regulars.staff.permissions import permissions_of
from regulars.staff.queries import Person, people
from regulars.stores.models import Store
from regulars.transfers.models import Export, SavedExport

log = logging.getLogger(__name__)
PAGE = "/desk/{store}/exports/{export}/"
SAVED_PAGE = "/desk/{store}/exports/saved/"


def people_who_may_export(*, store: Store, resource: str) -> list[Person]:
    """Those who can fetch files of these records, and so can be sent a link."""
    permission = get_resource(resource).permission("export")
    return [one for one in people(store=store) if one.is_active and permission in permissions_of(one.role)]


def mail_link(*, export: Export, now: datetime) -> None:
    """Send the link of a finished file to the recipients of its saved export, once; who lost the right gets none."""
    with transaction.atomic():
        waiting = Export.objects.select_for_update(of=("self",)).filter(pk=export.pk, mailed_at=None)
        saved = SavedExport.objects.filter(store=export.store, pk__in=[export.saved_id]).first()
        if saved is None or not waiting.exists():
            return
        Export.objects.filter(pk=export.pk).update(mailed_at=now)
        with override(export.store.language):
            link = _address(PAGE, export.store, export=export.pk)
            subject = _("%(name)s: the file is ready") % {"name": saved.name}
            body = ngettext(
                "The export “%(name)s” of %(store)s is ready: %(count)s row.\n\n"
                "Open this link and sign in to fetch it. It is kept until %(until)s:\n%(link)s",
                "The export “%(name)s” of %(store)s is ready: %(count)s rows.\n\n"
                "Open this link and sign in to fetch it. It is kept until %(until)s:\n%(link)s",
                export.row_count,
            ) % {
                "name": saved.name,
                "store": export.store.name,
                "count": f"{export.row_count:,}",
                "until": export.store.day_of(export.expires_at or now).isoformat(),
                "link": link,
            }
        sent = [
            _send(export.store, one.email, subject, body)
            for one in people_who_may_export(store=export.store, resource=export.resource)
            if one.id in saved.recipients
        ]
        if not all(sent):
            problem = _("The file was made, but the mail with its link could not be sent.")
            SavedExport.objects.filter(pk=saved.pk).update(problem=problem)


def stop_schedule(*, saved_id: UUID | None, why: str) -> None:
    """Pause a saved export that could not be made, and tell its owner, if they still work for the store."""
    saved = SavedExport.objects.select_related("store").filter(pk__in=[saved_id]).first()
    if saved is None:
        return
    store = saved.store
    SavedExport.objects.filter(pk=saved.pk).update(active=False, problem=why)
    with override(store.language):
        subject = _("%(name)s: the schedule is paused") % {"name": saved.name}
        body = _(
            "The export “%(name)s” of %(store)s could not be made: %(why)s\n\n"
            "Its schedule is paused. Mend it and let it go on here:\n%(link)s"
        ) % {"name": saved.name, "store": store.name, "why": why, "link": _address(SAVED_PAGE, store)}
    for one in people(store=store):
        if one.id == saved.owner_id and one.is_active:
            _send(store, one.email, subject, body)


def _address(page: str, store: Store, **parts: UUID) -> str:
    told: Mapping[str, object] = {"store": store.slug, **parts}
    return settings.BASE_URL.rstrip("/") + page.format_map(told)


def _send(store: Store, to: str, subject: str, body: str) -> bool:
    mail = StoreMail(subject, body, to=[to])
    mail.store = store
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        log.warning("The mail of a saved export was not sent: %s", error)
        return False
    return True
