"""The queue of customers that may be the same person, and what people decide about them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import staff
from regulars.desk.duplicates import pages
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.duplicates import services
from regulars.duplicates.choices import Verdict
from regulars.kit.errors import Refused
from regulars.kit.ids import parse_id


@require_GET
@staff("customers.view")
def queue(request: StaffRequest) -> HttpResponse:
    """The pairs of one tab, the likeliest first, and one of them side by side."""
    context = context_of(request)
    tab = pages.tab_of(request.GET)
    page = pages.queue_page(tab, request.GET, context)
    if wants_part(request):
        return render(request, "desk/duplicates/queue.html#scan", {"queue": page})
    frame = {"queue": page, "shell": shell(request, current="duplicates", help_page="duplicates")}
    return render(request, "desk/duplicates/queue.html", frame)


@require_POST
@staff("customers.merge")
def decide(request: StaffRequest) -> HttpResponse:
    """Keep what a person decided about one pair or several."""
    context = context_of(request)
    ids = [one for one in map(parse_id, request.POST.getlist("pair")) if one]
    if not ids:
        raise Refused(_("Pick at least one pair first."))
    verdict = request.POST.get("verdict", "")
    count, act = services.decide(
        store=request.store, pair_ids=ids, verdict=verdict, actor=request.actor, now=context.now
    )
    texts = {
        Verdict.DIFFERENT: ngettext("Not the same person", "%(count)s pairs: not the same person", count),
        Verdict.HOUSEHOLD: ngettext("Same household", "%(count)s pairs: same household", count),
        Verdict.OPEN: ngettext("Open again", "%(count)s pairs are open again", count),
    }
    undo = reverse("undo_change", kwargs={"store": request.store.slug, "change_set": act}) if act else ""
    messages.success(request, texts[Verdict(verdict)] % {"count": count}, extra_tags=undo)
    return redirect(
        pages.address(request.store.slug, request.POST.get("back", ""), request.POST.get("next", ""))
    )


@require_POST
@staff("customers.merge")
def scan(request: StaffRequest) -> HttpResponse:
    """Look at every customer again, in the worker."""
    services.start_scan(store=request.store, actor=request.actor)
    return redirect("duplicates", store=request.store.slug)
