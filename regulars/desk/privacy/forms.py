"""Forms about privacy."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.privacy.queries import RetentionRule
from regulars.privacy.services import RuleFacts


class SettingsForm(forms.Form):
    """What the store promises."""

    deadline_days = forms.IntegerField(
        label=_("Days to answer a request"),
        min_value=1,
        max_value=31,
        help_text=_(
            "At most a month (GDPR, article 12). It can be put off once, by two months, with a reason."
        ),
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace before an erasure"),
        min_value=0,
        max_value=30,
        help_text=_("So long customers can change their mind after they have confirmed."),
    )
    notes_in_copy = forms.BooleanField(
        label=_("Notes and flags of staff are in the copy that customers get"),
        required=False,
        help_text=_(
            "What is written about people is theirs to read, as a rule; leave out only what the law lets you."
        ),
    )


class RuleForm(forms.Form):
    """A rule of keeping."""

    name = forms.CharField(label=_("Name"), max_length=100)
    months = forms.IntegerField(
        label=_("Months without a sign of life"),
        min_value=1,
        max_value=600,
        help_text=_("No order, trade-in, sign-in, redeemed offer, agreement or request of theirs."),
    )
    grace_days = forms.IntegerField(
        label=_("Days between the mail and the erasure"), min_value=1, max_value=366, initial=30
    )
    keep_flagged = forms.BooleanField(label=_("Leave flagged customers alone"), required=False, initial=True)
    tags = forms.CharField(
        label=_("Leave customers with one of these tags alone"),
        required=False,
        max_length=500,
        help_text=_("Parted by commas."),
    )
    segment = forms.ChoiceField(label=_("Leave the customers of this segment alone"), required=False)

    def __init__(self, *args: Any, segments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [("", ""), *segments]  # type: ignore[attr-defined]

    def facts(self) -> RuleFacts:
        """What the service gets."""
        given = self.cleaned_data
        return RuleFacts(
            name=given["name"],
            months=given["months"],
            grace_days=given["grace_days"],
            tags=tuple(given["tags"].split(",")),
            keep_flagged=given["keep_flagged"],
            segment_id=UUID(given["segment"]) if given["segment"] else None,
        )

    @staticmethod
    def initial_of(rule: RetentionRule) -> dict[str, Any]:
        """What stands in the form of a rule that is there."""
        return {
            "name": rule.name,
            "months": rule.months,
            "grace_days": rule.grace_days,
            "keep_flagged": rule.keep_flagged,
            "tags": ", ".join(rule.tags),
            "segment": str(rule.segment_id or ""),
        }
