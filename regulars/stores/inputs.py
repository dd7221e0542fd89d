"""What can be chosen for a store, and the form that checks it."""

from functools import cache
from typing import Any, cast

from babel import Locale
from babel.numbers import get_territory_currencies
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.stores.choices import DeletePolicy, known_time_zones


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))


def currencies() -> list[tuple[str, str]]:
    """Currencies in use today, by code."""
    names = _locale().currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in _current_currencies()]


@cache
def _current_currencies() -> list[str]:
    territories = [code for code in map(str, Locale("en").territories) if len(code) == 2]
    return sorted({currency for code in territories for currency in get_territory_currencies(code)})


def countries() -> list[tuple[str, str]]:
    """Countries by name in the reader's language; the empty one stands for "not said"."""
    found = [
        (code, name) for code, name in _locale().territories.items() if len(code) == 2 and code.isalpha()
    ]
    return [("", str(_("Not said"))), *sorted(found, key=lambda pair: pair[1].casefold())]


def time_zones() -> list[tuple[str, str]]:
    """Places people live in, and UTC."""
    areas = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    found = sorted(name for name in known_time_zones() if name.partition("/")[0] in areas and "/" in name)
    return [(name, name.replace("_", " ")) for name in ["UTC", *found]]


class StoreForm(forms.Form):
    """The settings of a store."""

    name = forms.CharField(label=_("Name"), max_length=120)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=countries,
        required=False,
        help_text=_("Phone numbers typed without a country code are read as numbers of this country."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Whole days begin and end here.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    new_days = forms.IntegerField(
        label=_("New for (days)"),
        min_value=1,
        max_value=36500,
        help_text=_("After the first purchase a customer counts as new for so many days."),
    )
    loyal_orders = forms.IntegerField(
        label=_("Loyal from (orders)"),
        min_value=1,
        max_value=36500,
        help_text=_("So many purchases, the last one within the days beside, make a customer loyal."),
    )
    loyal_days = forms.IntegerField(label=_("Within (days)"), min_value=1, max_value=36500)
    at_risk_days = forms.IntegerField(
        label=_("At risk after (days)"),
        min_value=1,
        max_value=36500,
        help_text=_("So many days without a purchase put a customer at risk."),
    )
    lapsed_days = forms.IntegerField(
        label=_("Lapsed after (days)"),
        min_value=1,
        max_value=36500,
        help_text=_("After so many days without a purchase a customer counts as gone."),
    )
    commission_percent = forms.DecimalField(
        label=_("Commission rate (%)"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_(
            "What is given away of each sale. It holds for orders from now on; a customer can have it reduced."
        ),
    )
    delete_policy = forms.ChoiceField(
        label=_("Taking customers out for good"),
        choices=DeletePolicy.choices,
        help_text=_(
            "Deleting leaves nothing of a customer. Anonymising, which is always possible, removes everything "
            "personal and keeps orders and sums. Neither can be undone."
        ),
    )
    require_second_factor = forms.BooleanField(
        label=_("Ask everybody for a second step at sign-in"),
        required=False,
        help_text=_("People without an authenticator app or a passkey set one up before they can go on."),
    )
    help_contact = forms.CharField(
        label=_("Whom your people can ask"),
        required=False,
        max_length=300,
        help_text=_(
            "A name with a mail, a phone or an address: your support, your business coach. It stands on each "
            "page of the help."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A value set at the command line may be outside the short lists; the page keeps it.
        for name in ("currency", "time_zone", "language", "country"):
            field, value = self.fields[name], self.initial.get(name)
            assert isinstance(field, forms.ChoiceField)
            choices = [(str(key), label) for key, label in cast(list[tuple[str, str]], field.choices)]
            if value and value not in dict(choices):
                field.choices = [*choices, (value, value)]


class ShopForm(forms.Form):
    """What strangers see of the store, and what buyers are told."""

    shop_open = forms.BooleanField(
        label=_("The shop page is open"),
        required=False,
        help_text=_("Everybody can then look at the products and order without an account."),
    )
    pickup_address = forms.CharField(
        label=_("Where orders are picked up"),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("Address and opening hours. Buyers can pay on pickup when this is filled in."),
    )
    bank_details = forms.CharField(
        label=_("Account for transfers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("Account holder, IBAN and bank. Buyers can pay by transfer when this is filled in."),
    )


class PortalForm(forms.Form):
    """What customers find once they are signed in."""

    portal_open = forms.BooleanField(
        label=_("Customers have a portal"),
        required=False,
        help_text=_("When off, those who sign in find their security page and their data, and nothing else."),
    )
    portal_orders = forms.BooleanField(
        label=_("Orders"), required=False, help_text=_("With lines, payments and returns.")
    )
    portal_invoices = forms.BooleanField(
        label=_("Invoices"), required=False, help_text=_("Those that were issued, as a page and as PDF.")
    )
    portal_tradeins = forms.BooleanField(
        label=_("Trade-ins"),
        required=False,
        help_text=_("Customers start one by post, accept or decline prices, and say how they are paid."),
    )
    portal_points = forms.BooleanField(
        label=_("Points and tiers"), required=False, help_text=_("With their history and what expires.")
    )
    portal_offers = forms.BooleanField(
        label=_("Offers"), required=False, help_text=_("Those sent to the customer, to keep and to claim.")
    )
