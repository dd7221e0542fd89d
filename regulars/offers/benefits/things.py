"""Benefits that take nothing off a bill by themselves: a gift, points, free shipping."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from regulars.kit.language import locale_of
from regulars.loyalty.choices import BelowZero, Source
from regulars.loyalty.choices import Kind as EntryKind
from regulars.loyalty.queries import programme_of
from regulars.loyalty.services import PointChange, change_points, expiry
from regulars.offers.benefits.base import Benefit, Given, Worth
from regulars.offers.choices import Kind
from regulars.offers.models import Offer
from regulars.stores.models import Store

MOST_POINTS = 10**9


class Gift(Benefit):
    """Something to take along."""

    kind = Kind.GIFT
    column = "gift"

    def check(self, facts: Mapping[str, Any]) -> str:
        return "" if facts["gift"] else _("Say what the gift is.")

    def say(self, offer: Offer, store: Store, locale: str = "") -> str:
        return offer.gift


class Points(Benefit):
    """Points, at once and to be spent at once."""

    kind = Kind.POINTS
    column = "points"

    def check(self, facts: Mapping[str, Any]) -> str:
        points = facts["points"]
        return "" if points is not None and 0 < points <= MOST_POINTS else _("Give a number of points.")

    def say(self, offer: Offer, store: Store, locale: str = "") -> str:
        points = format_decimal(offer.points or 0, locale=locale or locale_of(store.language))
        return _("%(points)s points") % {"points": points}

    def why_not(self, given: Given) -> str:
        if not given.customer_id:
            return _("Points are for customers on record: say who it is.")
        is_on = programme_of(store=given.store).active
        return "" if is_on else _("Points are switched off in the settings of this store.")

    def give(self, given: Given) -> Worth:
        if given.customer_id is None:
            return Worth()
        change = PointChange(
            given.customer_id,
            given.offer.points or 0,
            EntryKind.EARN,
            reason=given.offer.title,
            note=given.offer.title,
            source=Source.OFFER,
            source_id=given.offer.pk,
            key=f"offer:{given.redemption_id}",
            expires_at=expiry(programme=programme_of(store=given.store), now=given.now),
        )
        entry = change_points(
            store=given.store, change=change, policy=BelowZero.REFUSE, actor=given.actor, now=given.now
        )
        return Worth(points_entry_id=entry.pk)


class FreeShipping(Benefit):
    """The parcel costs nothing."""

    kind = Kind.FREE_SHIPPING
