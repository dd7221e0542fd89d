"""What customers say of themselves."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone
from regulars.messaging.choices import Agreement
from regulars.portal.checkout.forms import OneLine
from regulars.resources import kinds
from regulars.resources.field import Field
from regulars.stores.inputs import countries
from regulars.stores.queries import Store

_OF_THE_SHOP = "shop"


def _filled(by: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": by})


class ProfileForm(forms.Form):
    """Who the customer is. The date of birth can be given once; who was wrong asks the shop."""

    first_name = OneLine(label=_("First name"), max_length=120, required=False, widget=_filled("given-name"))
    last_name = OneLine(label=_("Last name"), max_length=120, required=False, widget=_filled("family-name"))
    company = OneLine(label=_("Company"), max_length=200, required=False, widget=_filled("organization"))
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TelInput(attrs={"autocomplete": "tel"})
    )
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("Of these pages, and of what we write to you.")
    )
    birthdate = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"autocomplete": "bday"}),
        help_text=_("You can give it once."),
    )

    def __init__(self, data: Any, *, store: Store, initial: dict[str, Any], today: date) -> None:
        super().__init__(data, initial=initial | {"language": initial["language"] or _OF_THE_SHOP})
        self.store, self.today = store, today
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        known = dict(settings.LANGUAGES)
        language.choices = [(_OF_THE_SHOP, _("The language of the shop")), *known.items()]
        if (kept := initial.get("language")) and kept not in known:
            language.choices = [*language.choices, (kept, kept)]
        if initial.get("birthdate"):
            del self.fields["birthdate"]

    def clean_phone(self) -> str:
        """A number that can be called from abroad too, or none."""
        typed = self.cleaned_data["phone"]
        try:
            return clean_phone(typed, self.store.country) if typed else ""
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean_language(self) -> str:
        """The code of a language; empty for that of the shop."""
        typed: str = self.cleaned_data["language"]
        return "" if typed == _OF_THE_SHOP else typed

    def clean_birthdate(self) -> date | None:
        """A day on which somebody who lives was born."""
        born: date | None = self.cleaned_data["birthdate"]
        if born is not None and not self.today.year - 130 < born.year <= self.today.year:
            raise forms.ValidationError(_("This cannot be a date of birth."))
        if born is not None and born > self.today:
            raise forms.ValidationError(_("This cannot be a date of birth."))
        return born

    def values(self) -> dict[str, Any]:
        """What was typed, by the columns of a customer."""
        typed = dict(self.cleaned_data)
        if "phone" in typed:
            typed["phone_typed"] = self.data.get("phone", "").strip() if typed["phone"] else ""
        if not typed.get("birthdate"):
            typed.pop("birthdate", None)
        return typed


class AddressForm(forms.Form):
    """A further address."""

    label = OneLine(label=_("What you call it"), max_length=60, required=False, help_text=_("Like: at work."))
    name = OneLine(label=_("Name"), max_length=120, required=False, widget=_filled("name"))
    company = OneLine(label=_("Company"), max_length=200, required=False, widget=_filled("organization"))
    address = OneLine(
        label=_("Street and number"), max_length=200, required=False, widget=_filled("address-line1")
    )
    building = OneLine(
        label=_("Flat, floor, company"), max_length=200, required=False, widget=_filled("address-line2")
    )
    postcode = OneLine(label=_("Postcode"), max_length=20, required=False, widget=_filled("postal-code"))
    city = OneLine(label=_("City"), max_length=120, required=False, widget=_filled("address-level2"))
    region = OneLine(
        label=_("State or region"), max_length=120, required=False, widget=_filled("address-level1")
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=countries,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TelInput(attrs={"autocomplete": "tel"})
    )


class MainAddressForm(forms.Form):
    """The main address, which is part of the record."""

    address = AddressForm.base_fields["address"]
    building = AddressForm.base_fields["building"]
    postcode = AddressForm.base_fields["postcode"]
    city = AddressForm.base_fields["city"]
    region = AddressForm.base_fields["region"]
    country = AddressForm.base_fields["country"]


class AgreementsForm(forms.Form):
    """What the customer agrees to. The label of each is the wording that is kept as evidence."""

    def __init__(self, data: Any, *, store: Store, initial: dict[str, bool]) -> None:
        super().__init__(data, initial=initial)
        told = {"store": store.name}
        wordings = {
            Agreement.MARKETING: _now("Send me news and offers of %(store)s by e-mail."),
            Agreement.POINTS: _now("Send me the summary of my points at %(store)s by e-mail."),
            Agreement.SMS: _now("Send me news and offers of %(store)s by text message."),
        }
        for agreement, wording in wordings.items():
            self.fields[str(agreement)] = forms.BooleanField(label=wording % told, required=False)

    def wanted(self) -> dict[Agreement, bool]:
        """What was ticked."""
        return {one: bool(self.cleaned_data[str(one)]) for one in Agreement if str(one) in self.fields}

    def wordings(self) -> dict[Agreement, str]:
        """In which words."""
        return {one: str(self.fields[str(one)].label) for one in Agreement if str(one) in self.fields}


def payout_form(fields: tuple[Field, ...], data: Any) -> forms.Form:
    """The particulars of one way to be paid, as its declared fields ask for them."""
    form = forms.Form(data)
    for one in fields:
        form.fields[one.name] = _asked(one)
    return form


def _asked(field: Field) -> forms.Field:
    said: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.required}
    if isinstance(field.kind, kinds.Boolean):
        return forms.BooleanField(**said | {"required": False})
    widget = forms.Textarea() if getattr(field.kind, "multiline", False) else _filled("off")
    return forms.CharField(max_length=500, widget=widget, **said)
