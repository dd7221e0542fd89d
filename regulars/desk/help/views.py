"""The help: one page for each thing people do, written in Markdown beside this file."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from markdown_it import MarkdownIt
from markdown_it.token import Token

from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import NotFound
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.permissions import STAFF_VIEW, STORE_MANAGE

FOLDER = Path(__file__).parent
PAGES = {
    "start": gettext_lazy("First steps"),
    "customers": gettext_lazy("The list of customers"),
    "query-language": gettext_lazy("The query language"),
    "counter": gettext_lazy("The counter"),
    "trade-ins": gettext_lazy("Trade-ins and store credit"),
    "points": gettext_lazy("Points"),
    "offers": gettext_lazy("Offers"),
    "segments": gettext_lazy("Segments"),
    "reports": gettext_lazy("Reports, stages and scores"),
    "record": gettext_lazy("The page of a customer"),
    "orders": gettext_lazy("Orders and products"),
    "earning": gettext_lazy("Earning points and tiers"),
    "block-list": gettext_lazy("The block list"),
    "invoices": gettext_lazy("Invoices"),
    "messages": gettext_lazy("Messages and what people agreed to"),
    "privacy": gettext_lazy("Flags, deleting, privacy"),
    "duplicates": gettext_lazy("Duplicates and merging"),
    "history": gettext_lazy("History and undo"),
    "import-export": gettext_lazy("Import and export"),
    "shop": gettext_lazy("The shop page"),
    "accounts": gettext_lazy("Logins of customers"),
    "portal": gettext_lazy("The portal"),
    "staff": gettext_lazy("People and roles"),
    "keyboard": gettext_lazy("Keyboard"),
}
# HTML in a page would be shown as text: nothing that is written here can become mark-up of ours.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@require_GET
@staff("")
def index(request: StaffRequest) -> HttpResponse:
    """The help opens with the first steps."""
    return redirect("help", store=request.store.slug, page="start")


@require_GET
@staff("")
def show(request: StaffRequest, page: str) -> HttpResponse:
    """One page of the help."""
    if page not in PAGES:
        raise NotFound(_("There is no such page of the help."))
    told = {
        "title": str(PAGES[page]),
        "is_foreign": not (get_language() or "en").startswith("en"),
        "html": written(page),
        "topics": topics(page),
        "answer_url": reverse("help_answer", kwargs={"store": request.store.slug, "page": page}),
        "answer": request.user.preferences.get("help", {}).get(page),
        "answers_text": _answers_text(request, page),
        "contact_url": reverse("store_settings", kwargs={"store": request.store.slug}) + "#id_help_contact"
        if request.actor.may(STORE_MANAGE)
        else "",
        "pages": [
            {"name": name, "label": str(label), "current": name == page} for name, label in PAGES.items()
        ],
    }
    frame = {"help": told, "shell": shell(request, current="", help_page=page)}
    return render(request, "desk/help.html", frame)


@require_POST
@staff("")
def answer(request: StaffRequest, page: str) -> HttpResponse:
    """Somebody says whether a page helped."""
    if page not in PAGES:
        raise NotFound(_("There is no such page of the help."))
    helpful = request.POST.get("helpful") == "yes"
    staff_services.rate_help(user_id=request.user.pk, page=page, helpful=helpful)
    messages.success(request, _("Thank you. What you said is kept."))
    return redirect("help", store=request.store.slug, page=page)


def _answers_text(request: StaffRequest, page: str) -> str:
    """What the store's people said of a page, for those who look after them."""
    if not request.actor.may(STAFF_VIEW):
        return ""
    helped, asked = staff_queries.help_answers(store=request.store, page=page)
    told = {"helped": helped, "asked": asked}
    return _("It helped %(helped)s of %(asked)s of your people who said so.") % told if asked else ""


@cache
def _tokens(page: str) -> list[Token]:
    """A page, read; each topic gets a name that links can lead to."""
    tokens = _MARKDOWN.parse((FOLDER / f"{page}.md").read_text("utf-8"))
    for opening, title in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", slugify(title.content))
    return tokens


def topics(page: str) -> list[tuple[str, str]]:
    """The topics of a page, by the name of their place."""
    return [
        (str(opening.attrGet("id")), title.content)
        for opening, title in pairwise(_tokens(page))
        if opening.type == "heading_open" and opening.tag == "h2"
    ]


@cache
def written(page: str) -> SafeString:
    """A page as HTML; the pages are part of the program and do not change while it runs."""
    html = _MARKDOWN.renderer.render(_tokens(page), _MARKDOWN.options, {})
    # Who uses the keyboard alone must be able to scroll a long example.
    return SafeString(html.replace("<pre>", '<pre tabindex="0">'))
