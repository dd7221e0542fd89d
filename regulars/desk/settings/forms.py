"""Forms of the settings pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
