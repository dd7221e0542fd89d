"""Forms about messages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SettingsForm(forms.Form):
    """When the store writes, and when one person is not enough."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"placeholder": "21:00"})
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"placeholder": "08:00"})
    )
    second_person_above = forms.IntegerField(
        label=_("A second person above"),
        min_value=1,
        max_value=2_000_000_000,
        required=False,
        help_text=_("So many customers; empty: one person may write to all of them."),
    )


class Wording(forms.Form):
    """Subject and text."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea, strip=False)
    customer = forms.CharField(
        label=_("Preview for"),
        max_length=254,
        required=False,
        help_text=_("Number or e-mail of a customer; empty: example values."),
    )
