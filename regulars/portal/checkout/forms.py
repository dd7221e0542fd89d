"""What is asked at the checkout."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.kit.email import clean_email
from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone
from regulars.orders.choices import Paying
from regulars.stores.inputs import countries
from regulars.stores.queries import Store

# These only steer a screen, and turn what stands after them around.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What is typed goes out in a mail to an address that anybody may have typed: it must not carry somebody's message.
_LINK = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}/", re.IGNORECASE)


class OneLine(forms.CharField):
    """A text on one line, without links; line breaks and double spaces that were pasted become one space."""

    def to_python(self, value: Any) -> str:
        return " ".join(_STEERING.sub(" ", str(super().to_python(value))).split())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if _LINK.search(value):
            raise forms.ValidationError(_("Write this without a link."))


def _filled(by: str) -> forms.TextInput:
    """An input that browsers fill in with what they know of the person."""
    return forms.TextInput(attrs={"autocomplete": by})


class CheckOut(forms.Form):
    """Who buys, where it goes, how it is paid."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The confirmation goes there."),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TelInput(attrs={"autocomplete": "tel"})
    )
    name = OneLine(label=_("Name"), max_length=120, widget=_filled("name"))
    address = OneLine(label=_("Street and number"), max_length=200, widget=_filled("address-line1"))
    building = OneLine(
        label=_("Flat, floor, company"), max_length=200, required=False, widget=_filled("address-line2")
    )
    postcode = OneLine(label=_("Postcode"), max_length=20, required=False, widget=_filled("postal-code"))
    city = OneLine(label=_("City"), max_length=120, widget=_filled("address-level2"))
    region = OneLine(
        label=_("State or region"), max_length=120, required=False, widget=_filled("address-level1")
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=countries, widget=forms.Select(attrs={"autocomplete": "country"})
    )
    pays = forms.ChoiceField(label=_("Payment"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything we should know?"), max_length=1000, required=False, widget=forms.Textarea
    )
    newsletter = forms.BooleanField(
        label=_("Send me news and offers by e-mail."),
        help_text=_(
            "The confirmation holds a link: it begins when you open that. You can stop it at any time."
        ),
        required=False,
    )

    def __init__(self, data: Any, *, store: Store, known: Mapping[str, str] | None = None) -> None:
        super().__init__(data, initial={"country": store.country} | dict(known or {}))
        self.store = store
        ways = [Paying.PICKUP] if store.pickup_address else []
        ways += [Paying.TRANSFER] if store.bank_details else []
        pays = self.fields["pays"]
        assert isinstance(pays, forms.ChoiceField)
        pays.choices = [(way.value, way.label) for way in ways]
        pays.initial = ways[0].value

    def clean_email(self) -> str:
        """An address that mail can be sent to."""
        try:
            return clean_email(self.cleaned_data["email"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean_phone(self) -> str:
        """A number that can be called from abroad too, or none."""
        typed = self.cleaned_data["phone"]
        try:
            return clean_phone(typed, self.store.country) if typed else ""
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
