"""Forms of earning rules and tiers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.kit.money import exponent, to_major, to_minor
from regulars.loyalty.choices import Colour, TierBy
from regulars.loyalty.earning import Question, RuleClass

Choices = Sequence[tuple[str, str]]


class RuleForm(forms.Form):
    """An earning rule: what all have, and what its kind asks for."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Stands on every entry of points that it gives.")
    )
    starts = forms.DateField(label=_("First day"), required=False)
    ends = forms.DateField(label=_("Last day"), required=False)

    def __init__(
        self, data: Any, *, kind: RuleClass, known: Mapping[str, Any], tiers: Choices, currency: str
    ) -> None:
        super().__init__(data)
        self.kind, self.tiers, self.currency = kind, tiers, currency
        for name in ("name", "starts", "ends"):
            self.fields[name].initial = known.get(name)
        settings = known.get("settings", {})
        for question in kind.questions:
            value = settings.get(question.name, question.first)
            if question.kind == "tiers":
                for one, label in tiers:
                    self.fields[f"tier_{one}"] = forms.BooleanField(
                        label=label, required=False, initial=one in value
                    )
            else:
                self.fields[question.name] = _field(question, currency)
                self.fields[question.name].initial = _shown(question, value, currency)

    def sections(self) -> list[tuple[str, str, dict[str, str]]]:
        """The form in sections, with the size of each field."""
        asked = {one.name: "" for one in self.kind.questions if one.kind != "tiers"}
        asked |= {name: "whole" for name in asked if self.kind.name == "products" and name == "skus"}
        found = [(str(self.kind.label), str(self.kind.help), {"name": "whole", **asked})]
        tiers = {name: "third" for name in self.fields if name.startswith("tier_")}
        if tiers:
            found.append((_now("Only for these tiers"), _now("None chosen: for everybody."), tiers))
        text = _now(
            "Both included, in the time of the store. Empty: from the day it is added, and without end."
        )
        if self.kind.trigger in ("order", "multiplier"):
            text += " " + _now("What counts is the day on which an order is placed.")
        found.append((_now("When"), text, {"starts": "third", "ends": "third"}))
        return found

    def values(self) -> dict[str, Any]:
        """The rule as the service takes it."""
        cleaned = self.cleaned_data
        found = {name: cleaned[name] for name in ("name", "starts", "ends")} | {"kind": self.kind.name}
        for question in self.kind.questions:
            match question.kind:
                case "tiers":
                    found[question.name] = [one for one, _label in self.tiers if cleaned[f"tier_{one}"]]
                case "money":
                    found[question.name] = to_minor(cleaned[question.name], self.currency)
                case "skus":
                    found[question.name] = cleaned[question.name].replace("\n", ",").split(",")
                case _:
                    found[question.name] = cleaned[question.name]
        return found


def _field(question: Question, currency: str) -> forms.Field:
    label, text = str(question.label), str(question.help)
    if question.kind == "money":
        return forms.DecimalField(
            label=label,
            help_text=text,
            min_value=Decimal(0),
            max_digits=14,
            decimal_places=exponent(currency),
        )
    if question.kind == "skus":
        return forms.CharField(label=label, help_text=text, max_length=20_000, widget=forms.Textarea)
    return forms.IntegerField(label=label, help_text=text, min_value=1)


def _shown(question: Question, value: Any, currency: str) -> Any:
    if question.kind == "money":
        return to_major(value, currency)
    return ", ".join(value) if question.kind == "skus" else value


class TierForm(forms.Form):
    """A tier. Its threshold is written in points, or in the currency of the store."""

    name = forms.CharField(label=_("Name"), max_length=60)
    rank = forms.IntegerField(
        label=pgettext_lazy("rank", "Place"),
        min_value=1,
        max_value=100,
        help_text=_("The highest number is the best tier."),
    )
    colour = forms.ChoiceField(label=_("Colour"), choices=Colour.choices)
    by = forms.ChoiceField(label=_("Reached by"), choices=TierBy.choices)
    threshold = forms.DecimalField(
        label=pgettext_lazy("threshold", "From"),
        min_value=0,
        max_digits=14,
        help_text=_("So many points, or so much money. From 0, everybody is in it."),
    )
    window_months = forms.IntegerField(
        label=_("In how many months"), min_value=0, max_value=120, help_text=_("0: counted ever since.")
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=3660,
        help_text=_("How long one stays after falling below."),
    )
    percent = forms.IntegerField(
        label=_("Earn this much (%)"),
        min_value=100,
        max_value=1000,
        help_text=_("150: half as many points more for each order."),
    )
    benefits = forms.CharField(
        label=_("Benefits"), max_length=2000, required=False, widget=forms.Textarea, strip=True
    )

    @staticmethod
    def initial_of(tier: Any, currency: str) -> dict[str, Any]:
        """What the form begins with."""
        found = {name: getattr(tier, name) for name in TierForm.base_fields}
        if tier.by == TierBy.SPEND:
            found["threshold"] = to_major(tier.threshold, currency)
        return found

    def sections(self) -> list[tuple[str, str, dict[str, str]]]:
        """The form in sections, with the size of each field."""
        return [
            (_now("The tier"), "", {"name": "third", "colour": "third", "rank": "third"}),
            (
                _now("How one comes in"),
                _now("Who reaches it comes in at once; who falls below goes after the days of grace."),
                {"by": "", "threshold": "", "window_months": "", "grace_days": ""},
            ),
            (_now("What members have of it"), "", {"percent": "third", "benefits": "whole"}),
        ]

    def values(self, currency: str) -> dict[str, Any]:
        """The tier as the service takes it."""
        cleaned = dict(self.cleaned_data)
        is_money = cleaned["by"] == TierBy.SPEND
        cleaned["threshold"] = (
            to_minor(cleaned["threshold"], currency) if is_money else int(cleaned["threshold"])
        )
        cleaned["benefits"] = cleaned["benefits"].replace("\r\n", "\n")
        return cleaned
