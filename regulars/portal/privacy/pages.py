"""What the pages about a customer's own data show: plain rows, ready for the templates."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.customers.erasing import histories
from regulars.messaging.choices import Agreement, Channel, Purpose
from regulars.messaging.queries import consents_in
from regulars.portal.frame import frame
from regulars.portal.requests import CustomerRequest
from regulars.privacy import queries
from regulars.privacy.choices import UNFINISHED, Kind, State


def data_page(request: CustomerRequest, now: datetime, problem: str = "") -> dict[str, Any]:
    """The page about a customer's data: copy, requests, agreements, erasure."""
    store, visitor = request.store, request.visitor
    here = {"store": store.slug}
    customer = visitor.customer
    agreed = [one.label for one in Agreement if getattr(customer, one)]
    return {
        "frame": frame(request, title=_("Your data"), hidden=True),
        "problem": problem,
        "read_only": visitor.read_only,
        "is_staff": visitor.staff is not None,
        "copy_url": reverse("shop_make_copy", kwargs=here),
        "copies": [
            {
                "when": _moment(one.created_at),
                "until": _day(one.expires_at),
                "size": _("%(size)s KB") % {"size": max(1, round(one.size / 1024))},
                "url": reverse("shop_copy", kwargs={**here, "copy_id": one.pk}) if one.is_ready else "",
            }
            for one in queries.copies_of(store=store, customer_id=customer.pk, now=now)
            if one.author_name == "" or one.tell
        ],
        "requests": [
            _request(one, here) for one in queries.requests_by(store=store, customer_id=customer.pk)
        ],
        "ask_url": reverse("shop_ask_privacy", kwargs=here),
        "kinds": [
            {"value": str(kind), "label": label}
            for kind, label in (
                (Kind.CORRECTION, _("Something about me is wrong")),
                (Kind.OBJECTION, _("I object to what you do with my data")),
                (Kind.RESTRICTION, _("Keep my data, but do not use it")),
            )
        ],
        "agreements": [
            {
                "what": f"{Purpose(one.purpose).label} ({Channel(one.channel).label})",
                "granted": one.granted,
                "when": _moment(one.at),
                "wording": one.wording,
            }
            for one in consents_in(store).filter(customer_id=customer.pk).order_by("-at", "-pk")[:50]
        ],
        "agreed": agreed,
        "end_url": reverse("shop_end_agreements", kwargs=here),
        "erase_url": reverse("shop_erase", kwargs=here),
        "is_erasing": queries.unfinished(store=store, customer_id=customer.pk, kind=Kind.ERASURE) is not None,
    }


def _request(one: Any, here: dict[str, str]) -> dict[str, Any]:
    waits = one.state in UNFINISHED
    said = {
        State.UNCONFIRMED: _("Not confirmed yet: open the link in the mail we sent you."),
        State.OPEN: _("You get our answer by %(day)s.") % {"day": _day(one.due_at)},
        State.WAITING: _("Your data is erased on %(day)s.")
        % {"day": _moment(one.erase_at) if one.erase_at else ""},
        State.DONE: _("Done"),
        State.REFUSED: _("Turned down"),
        State.WITHDRAWN: _("Withdrawn"),
    }[State(one.state)]
    return {
        "what": one.get_kind_display(),
        "when": _day(one.received_at),
        "said": said,
        "answer": one.answer,
        "withdraw_url": reverse("shop_withdraw_request", kwargs={**here, "request_id": one.pk})
        if waits
        else "",
    }


def erase_page(request: CustomerRequest) -> dict[str, Any]:
    """What goes and what is kept, said before anybody asks for it."""
    store = request.store
    here = {"store": store.slug}
    kept = []
    for one in histories():
        number = one.count(store=store, ids=[request.visitor.customer_id]).get(request.visitor.customer_id, 0)
        if number and one.when_anonymised:
            kept.append({"what": one.say(number), "becomes": str(one.when_anonymised)})
    return {
        "frame": frame(request, title=_("Erase your data"), hidden=True),
        "back_url": reverse("shop_data", kwargs=here),
        "days": queries.settings_of(store=store).grace_days,
        "kept": kept,
        "email": request.visitor.customer.email,
        "url": request.path,
    }


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
