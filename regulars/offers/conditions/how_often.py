"""How often, and for how large a bill, an offer is redeemed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kit.money import display_money
from regulars.offers.choices import Codes
from regulars.offers.conditions.base import Asked, Condition


class LargeEnough(Condition):
    """From a total of the bill on."""

    name = "minimum"

    def why_not(self, asked: Asked) -> str:
        least = asked.offer.minimum_minor
        if not least:
            return ""
        amount = display_money(least, asked.store.currency, asked.store.language.replace("-", "_"))
        if asked.bill_minor is None:
            return _("This offer is for bills from %(amount)s on: type the total.") % {"amount": amount}
        return "" if asked.bill_minor >= least else _("The bill is below %(amount)s.") % {"amount": amount}


class NotOftenerEach(Condition):
    """So often for one customer."""

    name = "limit_per_customer"

    def why_not(self, asked: Asked) -> str:
        most = asked.offer.limit_per_customer
        if asked.goes_on or asked.customer is None or not most or asked.used < most:
            return ""
        said = ngettext(
            "This customer has redeemed it already.",
            "This customer has redeemed it %(count)s times, which is the most.",
            most,
        )
        return said % {"count": most}


class NotOftenerInAll(Condition):
    """So often for all together."""

    name = "limit_total"

    def why_not(self, asked: Asked) -> str:
        most = asked.offer.limit_total
        if asked.goes_on or not most or asked.offer.redeemed < most:
            return ""
        said = ngettext(
            "This offer was for one redemption, which is done.",
            "All %(count)s redemptions of this offer are done.",
            most,
        )
        return said % {"count": f"{most:,}"}


class FreshCode(Condition):
    """A code of one's own is used once; offers with such codes are redeemed with one."""

    name = "code"

    def why_not(self, asked: Asked) -> str:
        if asked.goes_on:
            return ""
        if asked.code is None:
            return _("Type the customer's own code.") if asked.offer.codes == Codes.UNIQUE else ""
        return _("This code was used already.") if asked.code_used else ""
