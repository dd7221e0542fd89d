"""A customer's trade-ins as plain data: where each stands, what it is worth, and what the customer can do."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.customers.choices import PayoutKind
from regulars.kit.forms import field_of
from regulars.kit.words import Words
from regulars.portal.account.words import day, money
from regulars.portal.tradeins.forms import ThingForm
from regulars.stores.queries import Store
from regulars.tradeins import queries
from regulars.tradeins.choices import Condition, Hold, Status, Way
from regulars.tradeins.moves import OWN_MOVES
from regulars.tradeins.queries import TradeIn

_TONES = {
    Status.PENDING: "amber",
    Status.NOT_AS_DESCRIBED: "amber",
    Status.LEAD: "blue",
    Status.IN_TRANSIT: "blue",
    Status.DELIVERED: "blue",
    Status.BEING_INSPECTED: "blue",
    Status.PAYOUT_PROCESSING: "green",
    Status.COMPLETED: "green",
}
_LABELS: dict[str, Words] = {
    Status.REQUIRES_REVIEW: gettext_lazy("We look at it"),
    Status.PENDING: gettext_lazy("Your answer, please"),
    Status.LEAD: gettext_lazy("Accepted"),
    Status.IN_TRANSIT: gettext_lazy("On its way"),
    Status.DELIVERED: gettext_lazy("Arrived"),
    Status.BEING_INSPECTED: gettext_lazy("Being inspected"),
    Status.NOT_AS_DESCRIBED: gettext_lazy("Your answer, please"),
    Status.ON_HOLD: gettext_lazy("On hold"),
    Status.PAYOUT_PROCESSING: gettext_lazy("Being paid"),
    Status.COMPLETED: gettext_lazy("Paid"),
    Status.RETURN: gettext_lazy("Going back to you"),
    Status.RETURNED: gettext_lazy("Sent back to you"),
    Status.EXPIRED: gettext_lazy("Expired"),
    Status.CANCELLED: gettext_lazy("Cancelled"),
    Status.ABANDONED: gettext_lazy("Closed"),
}
_TEXTS: dict[str, Words] = {
    Status.REQUIRES_REVIEW: gettext_lazy("We will name a price for your things."),
    Status.PENDING: gettext_lazy("This is our price. It is up to you."),
    Status.IN_TRANSIT: gettext_lazy("We look at your things once they arrive."),
    Status.DELIVERED: gettext_lazy("Your things have arrived. We will look at them soon."),
    Status.BEING_INSPECTED: gettext_lazy("We are looking at your things."),
    Status.NOT_AS_DESCRIBED: gettext_lazy("Something is other than described, so there is a new price."),
    Status.ON_HOLD: gettext_lazy("Something has to be cleared up first. We will get in touch."),
    Status.PAYOUT_PROCESSING: gettext_lazy("All is agreed. You will be paid soon."),
    Status.RETURN: gettext_lazy("We will send your things back to you."),
    Status.EXPIRED: gettext_lazy("Our price held until then. Start another trade-in for a new one."),
}
# The shop has said what it pays for what it looked at; while it still looks, nothing is final.
_FINAL = (Status.NOT_AS_DESCRIBED, Status.PAYOUT_PROCESSING, Status.COMPLETED)


def tradein_rows(store: Store, found: Sequence[TradeIn]) -> list[dict[str, Any]]:
    """Trade-ins in a list, each with what it is about."""
    items = queries.items_by(store=store, ids=[one.pk for one in found])
    return [
        {**tradein_row(store, one), "text": f"{_things(items[one.pk])} · {day(one.created_at)}"}
        for one in found
    ]


def _things(items: Sequence[queries.Item]) -> str:
    """ "iPhone 12", "iPhone 12 and 2 more"."""
    if len(items) < 2:
        return items[0].title if items else ""
    return _("%(thing)s and %(count)s more") % {"thing": items[0].title, "count": len(items) - 1}


def tradein_row(store: Store, tradein: TradeIn) -> dict[str, Any]:
    """What lists and its own page say of a trade-in."""
    return {
        "url": reverse("shop_tradein", kwargs={"store": store.slug, "tradein_id": tradein.pk}),
        "title": _("Trade-in %(number)s") % {"number": tradein.number},
        "text": day(tradein.created_at),
        "amount": _price(tradein),
        "badge": str(_LABELS[tradein.status]),
        "tone": _TONES.get(Status(tradein.status), ""),
        "asks": tradein.status in (Status.PENDING, Status.NOT_AS_DESCRIBED),
    }


def tradein_page(store: Store, tradein: TradeIn) -> dict[str, Any]:
    """One trade-in."""
    has_final = tradein.status in _FINAL and tradein.final_minor is not None
    has_price = tradein.status != Status.REQUIRES_REVIEW
    items = queries.items_of(store=store, tradein_id=tradein.pk)
    return {
        **tradein_row(store, tradein),
        "said": _said(tradein),
        "version": tradein.version,
        "items": [
            {
                "title": one.title,
                "text": " · ".join(
                    part
                    for part in (str(Condition(one.condition).label) if one.condition else "", one.serial)
                    if part
                ),
                "price": _money(one.quoted_minor, tradein) if has_price else "",
                "final": _money(one.final_minor, tradein) if has_final else "",
            }
            for one in items
        ],
        "quoted": _money(tradein.quoted_minor, tradein) if has_price else "",
        "final": _money(tradein.final_minor, tradein) if has_final else "",
        "until": day(tradein.expires_at) if tradein.status in (Status.PENDING, Status.LEAD) else "",
        "paid": day(tradein.paid_at),
        "payout": payout_line(tradein.payout_kind, tradein.payout_masked),
        "courier": tradein.courier,
        "tracking_number": tradein.tracking_number,
        "tells_parcel": tradein.status == Status.IN_TRANSIT,
        "send_to": store.pickup_address if tradein.status == Status.LEAD else "",
        "moves": [
            {
                "name": one.name,
                "label": one.label,
                "text": one.text,
                "main": one.main,
                "asks": list(one.asks),
            }
            for one in OWN_MOVES
            if one.fits(status=tradein.status, way=tradein.way)
        ],
    }


def payout_line(kind: str, masked: str) -> str:
    """A way to be paid on one line."""
    return " · ".join(part for part in (str(PayoutKind(kind).label), masked) if part) if kind else ""


def thing_rows(forms: Sequence[ThingForm]) -> list[dict[str, Any]]:
    """The lines of the form of a new trade-in."""
    return [
        {
            "title": _("Thing %(number)s") % {"number": at},
            "fields": [
                # A line may be left empty, but not half of it.
                field_of(form["title"], size="whole") | {"optional": False},
                field_of(form["condition"]) | {"optional": False},
                field_of(form["serial"]),
            ],
        }
        for at, form in enumerate(forms, 1)
    ]


def _said(tradein: TradeIn) -> str:
    if tradein.status == Status.LEAD:
        if tradein.way == Way.IN_STORE:
            return _("Bring your things to the shop.")
        return _("Pack your things well and send them to us.")
    if tradein.status == Status.ON_HOLD and tradein.hold == Hold.ACTIVATION_LOCK:
        return _("A device is still locked to its owner. Sign it out of its account, then we go on.")
    return str(_TEXTS.get(tradein.status, ""))


def _price(tradein: TradeIn) -> str:
    if tradein.status == Status.REQUIRES_REVIEW:
        return ""
    if tradein.status in _FINAL and tradein.final_minor is not None:
        return _money(tradein.final_minor, tradein)
    return _money(tradein.quoted_minor, tradein)


def _money(minor: int | None, tradein: TradeIn) -> str:
    return "" if minor is None else money(minor, tradein.currency)
