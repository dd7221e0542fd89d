"""Who may redeem an offer."""

from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.offers.choices import Audience
from regulars.offers.conditions.base import Asked, Condition
from regulars.resources.context import Context
from regulars.segments.queries import members_of


class Welcome(Condition):
    """Customers who are blocked or archived redeem nothing."""

    name = "not_blocked"

    def why_not(self, asked: Asked) -> str:
        if asked.customer is None:
            return ""
        if asked.customer.blocked:
            return _("This customer is blocked.")
        if asked.customer.state in (State.ARCHIVED, State.ANONYMISED):
            return _("This customer is archived.")
        return ""


class Known(Condition):
    """Without a customer only where guests are allowed."""

    name = "guests"

    def why_not(self, asked: Asked) -> str:
        if asked.customer is None and not asked.offer.guests:
            return _("This offer is for customers on record: say who it is.")
        return ""


class OwnCode(Condition):
    """A code that was given to somebody is theirs."""

    name = "own_code"

    def why_not(self, asked: Asked) -> str:
        code, customer = asked.code, asked.customer
        if code is None or code.customer_id is None or customer is None:
            return ""
        return "" if code.customer_id == customer.pk else _("This code belongs to another customer.")


class InAudience(Condition):
    """Those it is for. A code of one's own that nobody is named on is proof enough."""

    name = "audience"

    def why_not(self, asked: Asked) -> str:
        offer, customer = asked.offer, asked.customer
        if offer.audience == Audience.ALL or asked.code is not None:
            return ""
        if customer is None:
            return _("This offer is not for everybody: say who it is.")
        if offer.audience == Audience.TIER:
            fits = customer.tier.casefold() == offer.tier.casefold()
            return "" if fits else _("This offer is for the tier %(tier)s.") % {"tier": offer.tier}
        if offer.audience == Audience.CHOSEN:
            was_sent = asked.grant is not None and asked.grant.sent_at is not None
            return "" if was_sent else _("This offer was not sent to this customer.")
        if offer.segment is None:
            return _("The segment of this offer is no longer there.")
        context = Context(store=asked.store, actor=system(), now=asked.now)
        try:
            fits = members_of(offer.segment, context).filter(pk=customer.pk).exists()
        except Refused as refusal:
            return refusal.sentence
        return (
            "" if fits else _("This customer is not in the segment %(name)s.") % {"name": offer.segment.name}
        )
