"""An offer as plain data for its page, with its code as a picture that tills read."""

from typing import Any

from django.utils import translation

from regulars.kit.language import locale_of
from regulars.offers import queries
from regulars.offers.benefits import benefit_of
from regulars.offers.queries import Offer
from regulars.offers.services import Opened
from regulars.offers.words import valid_words
from regulars.portal.qr import qr_code
from regulars.stores.queries import Store


def offer_page(store: Store, opened: Opened, picture_url: str) -> dict[str, Any]:
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
        "picture": _picture(store, offer, picture_url),
        "code": opened.code,
        "qr": qr_code(opened.code) if opened.code and not opened.why_closed else "",
    }


def _picture(store: Store, offer: Offer, url: str) -> dict[str, Any]:
    size = queries.size_of_picture(store=store, offer_id=offer.pk)
    if size is None:
        return {}
    return {"src": f"{url}?v={offer.version}", "width": size[0], "height": size[1]}
