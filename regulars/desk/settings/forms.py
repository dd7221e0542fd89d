"""Forms of the settings pages."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.kit.money import to_major, to_minor
from regulars.loyalty.choices import BelowZero
from regulars.loyalty.queries import Programme
from regulars.staff.choices import Role


class Invite(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.CLERK)


class NewToken(forms.Form):
    """Which system gets a key, and what it may do."""

    name = forms.CharField(
        label=_("Which system uses it?"),
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Till, web shop…")}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MANAGER)


class InvoiceForm(forms.Form):
    """How the store writes its invoices."""

    seller_name = forms.CharField(
        label=_("Name on invoices"),
        max_length=200,
        required=False,
        help_text=_("Empty: the name of the store."),
    )
    seller_tax_id = forms.CharField(label=_("Tax id"), max_length=60, required=False)
    seller_address = forms.CharField(
        label=_("Address"), max_length=1000, required=False, widget=forms.Textarea, strip=True
    )
    number_prefix = forms.CharField(
        label=_("Numbers begin with"),
        max_length=12,
        required=False,
        help_text=_("Letters and signs before the number, like INV-. The count itself always goes on."),
    )
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=366)
    tax_percent = forms.DecimalField(
        label=_("Usual tax (%)"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    prices_include_tax = forms.BooleanField(label=_("Prices include tax"), required=False)
    payment_text = forms.CharField(
        label=_("How to pay"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Stands on outstanding invoices and in their mail: a bank account, for instance."),
    )
    foot_text = forms.CharField(
        label=_("Below every page"), max_length=300, required=False, widget=forms.Textarea
    )


class PointsForm(forms.Form):
    """How the store gives and takes points. `cap_…` is the cap of a role; empty means none."""

    active = forms.BooleanField(
        label=_("Points are given and taken"),
        required=False,
        help_text=_("When off, what customers have stays, expires, and can be taken back."),
    )
    value = forms.DecimalField(
        label=_("100 points are worth"), min_value=0, max_value=Decimal(1_000_000), decimal_places=3
    )
    expire_months = forms.IntegerField(
        label=_("Months until points expire"),
        min_value=0,
        max_value=1200,
        help_text=_("0: never. Points that are there keep the day they have."),
    )
    warn_days = forms.IntegerField(label=_("Days of warning before"), min_value=0, max_value=366)
    pending_days = forms.IntegerField(
        label=_("Days until earned points can be spent"),
        min_value=0,
        max_value=366,
        help_text=_("As long as things may be returned."),
    )
    below_zero = forms.ChoiceField(label=_("Who has fewer points than are taken"), choices=BelowZero.choices)
    approval_above = forms.IntegerField(
        label=_("A second person agrees above"),
        min_value=0,
        max_value=10**12,
        help_text=_("Points of one act in all; 0: never."),
    )
    cap_owner = forms.IntegerField(label=_("Cap of an owner"), min_value=0, max_value=10**12, required=False)
    cap_manager = forms.IntegerField(
        label=_("Cap of a manager"), min_value=0, max_value=10**12, required=False
    )

    @staticmethod
    def initial_of(programme: Programme, currency: str) -> dict[str, Any]:
        """What the form begins with."""
        same = ("active", "expire_months", "warn_days", "pending_days", "below_zero", "approval_above")
        return {
            **{name: getattr(programme, name) for name in same},
            **{f"cap_{role}": cap for role, cap in programme.daily_caps.items()},
            "value": to_major(programme.value_minor, currency),
        }

    def changes(self, currency: str) -> dict[str, Any]:
        """What was typed, by the names of the settings."""
        typed = dict(self.cleaned_data)
        caps = {role: typed.pop(f"cap_{role}") for role in ("owner", "manager")}
        value_minor = to_minor(typed.pop("value"), currency)
        return {
            **typed,
            "value_minor": value_minor,
            "daily_caps": {role: cap for role, cap in caps.items() if cap is not None},
        }
