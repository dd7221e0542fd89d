"""An offer as plain data for its page, with its code as a picture that tills read."""

from typing import Any

import qrcode
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M

from regulars.kit.language import locale_of
from regulars.offers import queries
from regulars.offers.benefits import benefit_of
from regulars.offers.queries import Offer
from regulars.offers.services import Opened
from regulars.offers.words import valid_words
from regulars.stores.queries import Store

_QUIET = 4  # squares of white around it, without which nothing reads it


def offer_page(store: Store, opened: Opened, token: str) -> dict[str, Any]:
    """What the page shows; the code only once it was claimed."""
    offer, grant = opened.offer, opened.grant
    locale = locale_of(translation.get_language() or store.language)
    return {
        "store": store.name,
        "language": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "title": offer.title,
        "benefit": benefit_of(offer.kind).say(offer, store, locale),
        "valid": valid_words(offer, store, locale).removeprefix(", "),
        "terms": offer.terms,
        "is_favourite": grant.favourited_at is not None,
        "is_claimed": grant.claimed_at is not None,
        "is_redeemed": grant.redeemed_at is not None,
        "closed": opened.why_closed,
        "picture": _picture(store, offer, token),
        "code": opened.code,
        "qr": qr_code(opened.code) if opened.code and not opened.why_closed else "",
    }


def _picture(store: Store, offer: Offer, token: str) -> dict[str, Any]:
    size = queries.size_of_picture(store=store, offer_id=offer.pk)
    if size is None:
        return {}
    address = reverse("shop_offer_picture", kwargs={"store": store.slug, "token": token})
    return {"src": f"{address}?v={offer.version}", "width": size[0], "height": size[1]}


def qr_code(text: str) -> SafeString:
    """The text as a QR code: an SVG with attributes alone, black on white in every look of the page."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(code.get_matrix())
        for x, is_dark in enumerate(row)
        if is_dark
    )
    size = code.modules_count + 2 * _QUIET
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" width="232" height="232" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        size,
        text,
        path,
    )
