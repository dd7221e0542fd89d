"""The words of the filter builder, in the reader's language; its script holds none of its own."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.resources.words import PERIODS


def builder_words() -> dict[str, Any]:
    """Every word the builder shows."""
    return {
        "those_who_match": _("Show %s that match"),
        "mode": _("How many of these conditions must hold"),
        "modes": {"all": _("all of"), "any": _("any of"), "none": _("none of")},
        "of_these": _("these conditions"),
        "joints": {"all": _("and"), "any": _("or"), "none": _("nor")},
        "starts": {"all": _("Where"), "any": _("Either"), "none": _("Neither"), "not": _("Not")},
        "and": _("and"),
        "group": _("Group"),
        "add_condition": _("Condition"),
        "add_group": _("Group"),
        "add_link": _("Has / has not …"),
        "linked": _("Has or has not"),
        "move": _("Move %s: arrow keys up and down, left out of its group, right into the next"),
        "more": _("More for %s"),
        "remove": _("Remove %s"),
        "find_field": _("Find a field"),
        "no_field": _("No field has that name."),
        "comparison": _("Comparison"),
        "value": _("Value"),
        "choose": _("Choose …"),
        "type_and_enter": _("Type, then Enter"),
        "how_many": _("How many"),
        "unit": _("Unit"),
        "which_day": _("Which day"),
        "yes": _("Yes"),
        "no": _("No"),
        "in_the_last": _("is in the last"),
        "in_the_next": _("is in the next"),
        "units": {"d": _("days"), "w": _("weeks"), "m": _("months"), "y": _("years")},
        "days": {"day": _("the day"), "ago": _("ago"), "ahead": _("from now")},
        "named_days": {name: str(label) for name, label in PERIODS.items()},
        "day_values": {
            "-7d": _("7 days ago"),
            "-30d": _("30 days ago"),
            "-90d": _("90 days ago"),
            "-12m": _("12 months ago"),
            "+30d": _("30 days from now"),
        },
        "counted": {
            ">=": _("has at least"),
            "=": _("has exactly"),
            "<=": _("has at most"),
            ">": _("has more than"),
            "<": _("has fewer than"),
            "none": _("has no"),
        },
        "verbs": {
            "copy": _("Duplicate"),
            "wrap": _("Put into a group"),
            "up": _("Move up"),
            "down": _("Move down"),
            "out": _("Move out of the group"),
            "in": _("Move into the group beside"),
            "remove": _("Remove"),
        },
        "with_conditions": _("only those that …"),
        "amiss": _("Put right what is marked to see how many match."),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "stuck": _("It cannot go further that way."),
        "unsaved": _("Not applied yet: apply it, or cancel."),
        "unfinished": _("Give a value, or remove this condition."),
    }
