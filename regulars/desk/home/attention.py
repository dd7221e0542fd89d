"""What needs somebody today: reviews that are due, pairs that look alike, imports that failed, block hits, segments
that changed a lot. Each line leads to the place where it is settled."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.blocklist import queries as blocks
from regulars.customers import queries as customers
from regulars.desk import cells, values
from regulars.duplicates import queries as duplicates
from regulars.invoices import queries as invoices
from regulars.jobs.queries import held_runs
from regulars.kit.money import display_money
from regulars.loyalty import queries as loyalty
from regulars.orders import queries as orders
from regulars.privacy import queries as privacy
from regulars.resources import agreeing
from regulars.resources.context import Context
from regulars.segments import queries as segments
from regulars.staff.permissions import AUDIT_VIEW
from regulars.transfers.choices import ImportState
from regulars.transfers.queries import ImportView

REVIEWS_SHOWN = 3
IMPORTS_SINCE = timedelta(days=7)
HITS_SINCE = timedelta(days=1)
DRIFTS_SHOWN = 3
DRIFT_SINCE = timedelta(days=7)

Line = dict[str, Any]


def attention(context: Context, imports: Sequence[ImportView]) -> list[Line]:
    """The lines that this person can do something about, the most pressing first; none when all is well.

    `imports` are the latest ones, newest first, as far as the person may see them.
    """
    return [
        *_held(context),
        *_reviews(context),
        *_privacy(context),
        *_overdue(context),
        *_pairs(context),
        *_failed_imports(context, imports),
        *_hits(context),
        *_drifts(context),
        *_wrong_figures(context),
        *_wrong_points(context),
    ]


def _held(context: Context) -> Iterator[Line]:
    for run in held_runs(store=context.store):
        action = agreeing.action_of(run)
        if context.actor.may(action.permission):
            yield {
                "icon": action.icon,
                "tone": "amber",
                "text": _("%(name)s asks for a second person") % {"name": run.actor_name},
                "note": str(action.label),
                "url": reverse("run", kwargs={"store": context.store.slug, "run_id": run.pk}),
            }


def _reviews(context: Context) -> Iterator[Line]:
    if not context.actor.may("customers.flag"):
        return
    count = customers.count_reviews_due(store=context.store, today=context.today)
    if not count:
        return
    here = {"store": context.store.slug}
    query = urlencode({"tab": "all", "where": "flag_review <= today", "sort": "flag_review"})
    due = customers.reviews_due(store=context.store, today=context.today, limit=REVIEWS_SHOWN)
    yield {
        "icon": "flag",
        "tone": "amber",
        "text": ngettext("%(count)s flag is due for review", "%(count)s flags are due for review", count)
        % {"count": _whole(count, context)},
        "note": ", ".join(one.name for one in due),
        "url": f"{reverse('list', kwargs=here | {'resource_name': 'customers'})}?{query}",
    }


def _privacy(context: Context) -> Iterator[Line]:
    if not context.actor.may("privacy_requests.handle"):
        return
    found = privacy.pressing(store=context.store, now=context.now)
    here = {"store": context.store.slug, "resource_name": "privacy_requests"}
    if found.overdue:
        text = ngettext(
            "%(count)s privacy request is overdue", "%(count)s privacy requests are overdue", found.overdue
        )
        yield {
            "icon": "shield-check",
            "tone": "red",
            "text": text % {"count": _whole(found.overdue, context)},
            "note": _("The law gives a month"),
            "url": f"{reverse('list', kwargs=here)}?{urlencode({'tab': 'overdue'})}",
        }
    if found.soon:
        text = ngettext(
            "%(count)s privacy request is due within a week",
            "%(count)s privacy requests are due within a week",
            found.soon,
        )
        yield {
            "icon": "shield-check",
            "tone": "amber",
            "text": text % {"count": _whole(found.soon, context)},
            "note": "",
            "url": f"{reverse('list', kwargs=here)}?{urlencode({'tab': 'open', 'sort': 'due'})}",
        }


def _overdue(context: Context) -> Iterator[Line]:
    if not context.actor.may("invoices.pay"):
        return
    found = invoices.outstanding(store=context.store, today=context.today)
    if found.overdue:
        text = ngettext("%(count)s invoice is overdue", "%(count)s invoices are overdue", found.overdue)
        money = display_money(found.due_minor, context.store.currency, context.locale)
        here = {"store": context.store.slug, "resource_name": "invoices"}
        yield {
            "icon": "receipt",
            "tone": "red",
            "text": text % {"count": _whole(found.overdue, context)},
            "note": _("%(money)s are outstanding in all") % {"money": money},
            "url": f"{reverse('list', kwargs=here)}?{urlencode({'tab': 'overdue', 'sort': 'due_date'})}",
        }


def _pairs(context: Context) -> Iterator[Line]:
    if not context.actor.may("customers.merge"):
        return
    count = duplicates.count_pairs(store=context.store, wanted=duplicates.Filter())
    if count:
        text = ngettext("%(count)s pair may be one person", "%(count)s pairs may be one person each", count)
        yield {
            "icon": "users",
            "tone": "blue",
            "text": text % {"count": _whole(count, context)},
            "note": _("Merge them or say that they are not"),
            "url": reverse("duplicates", kwargs={"store": context.store.slug}),
        }


def _failed_imports(context: Context, imports: Sequence[ImportView]) -> Iterator[Line]:
    for one in imports:
        if context.now - one.created_at > IMPORTS_SINCE:
            return
        failed = one.not_taken
        if one.state != ImportState.FAILED and not failed:
            continue
        text = _("The import of %(file)s did not finish") if one.state == ImportState.FAILED else _(
            "The import of %(file)s left rows out"
        )  # fmt: skip
        yield {
            "icon": "file-import",
            "tone": "red" if one.state == ImportState.FAILED else "amber",
            "text": text % {"file": one.file_name},
            "note": ngettext("%(count)s row", "%(count)s rows", failed) % {"count": _whole(failed, context)}
            if failed
            else "",
            "url": reverse("import", kwargs={"store": context.store.slug, "import_id": one.id}),
        }


def _hits(context: Context) -> Iterator[Line]:
    if not context.actor.may("blocks.view"):
        return
    count = blocks.hits_since(store=context.store, moment=context.now - HITS_SINCE)
    if count:
        text = ngettext(
            "The block list stopped %(count)s try", "The block list stopped %(count)s tries", count
        )
        yield {
            "icon": "ban",
            "tone": "red",
            "text": text % {"count": _whole(count, context)},
            "note": _("in the last 24 hours"),
            "url": reverse("list", kwargs={"store": context.store.slug, "resource_name": "blocks"}),
        }


def _drifts(context: Context) -> Iterator[Line]:
    if not context.actor.may("segments.view"):
        return
    for one in segments.drifted(store=context.store, today=context.today)[:DRIFTS_SHOWN]:
        yield {
            "icon": "chart-pie",
            "tone": "violet",
            "text": _("The segment “%(name)s” changed by %(percent)s %%")
            % {"name": one.name, "percent": f"{one.percent:+d}"},
            "note": _("%(before)s before, %(now)s now")
            % {"before": _whole(one.before, context), "now": _whole(one.after, context)},
            "url": reverse("segment", kwargs={"store": context.store.slug, "segment_id": one.segment_id}),
        }


def _wrong_figures(context: Context) -> Iterator[Line]:
    if not context.actor.may(AUDIT_VIEW):
        return
    found = orders.last_drift(store=context.store, since=context.now - DRIFT_SINCE)
    if found is not None:
        yield {
            "icon": "alert-triangle",
            "tone": "red",
            "text": _("The figures of some customers were not what their orders come to"),
            "note": found.sentence,
            "url": reverse("audit", kwargs={"store": context.store.slug}),
        }


def _wrong_points(context: Context) -> Iterator[Line]:
    if not context.actor.may(AUDIT_VIEW):
        return
    found = loyalty.last_drift(store=context.store, since=context.now - DRIFT_SINCE)
    if found is not None:
        yield {
            "icon": "alert-triangle",
            "tone": "red",
            "text": _("The points of some customers were not what the ledger says"),
            "note": found.sentence,
            "url": reverse("audit", kwargs={"store": context.store.slug}),
        }


def _whole(count: int, context: Context) -> str:
    return cells.format_whole(count, values.style_of(context).language)
