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
