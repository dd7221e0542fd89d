"""What a customer types to start a trade-in: a few lines, each a thing with its condition."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.kit.errors import Invalid
from regulars.portal.checkout.forms import OneLine
from regulars.tradeins.choices import Condition
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.rules import MOST_ITEMS, clean_serial

FIRST_LINES = 3
MORE_LINES = 5


class ThingForm(forms.Form):
    """One thing; a line that is left empty is none."""

    title = OneLine(label=_("What is it?"), max_length=200, required=False)
    condition = forms.ChoiceField(
        label=_("Condition"), choices=[("", "–"), *Condition.choices], required=False
    )
    serial = OneLine(
        label=_("Serial number or IMEI"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_serial(self) -> str:
        """Without spaces and dashes."""
        try:
            return clean_serial(self.cleaned_data["serial"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean(self) -> dict[str, Any]:
        """A thing has a name and a condition."""
        typed = super().clean() or self.cleaned_data
        if any(typed.values()):
            for name, text in (("title", _("Say what it is.")), ("condition", _("Say in what state it is."))):
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return typed

    def facts(self) -> ItemFacts | None:
        """The thing, if there is one on this line."""
        typed = self.cleaned_data
        return ItemFacts(typed["title"], typed["condition"], typed["serial"]) if typed["title"] else None


class NoteForm(forms.Form):
    """What the customer adds."""

    note = forms.CharField(
        label=_("Anything we should know?"), max_length=1000, required=False, widget=forms.Textarea
    )


def thing_forms(data: Mapping[str, str] | None) -> list[ThingForm]:
    """As many lines as the page had, and more if they were asked for."""
    typed = data.get("lines", "") if data is not None else ""
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else FIRST_LINES
    if data is not None and "more" in data:
        count += MORE_LINES
    return [ThingForm(data, prefix=f"thing-{at}") for at in range(min(max(count, 1), MOST_ITEMS))]
