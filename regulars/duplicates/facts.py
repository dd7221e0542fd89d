"""What becomes of each fact when one customer goes into another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.customers.choices import Flag, State
from regulars.customers.models import Customer
from regulars.customers.rules import ADDRESS_FIELDS
from regulars.kit.words import Words
from regulars.resources.kinds import clean_tags

Values = dict[str, Any]
_SEVERITY = (Flag.NONE, Flag.TRUSTED, Flag.MONITOR, Flag.HIGH_RISK)
# Beside the flag stands why, who set it and when to look again; they go along with it.
_FLAG_COLUMNS = tuple(
    field.attname for field in Customer._meta.concrete_fields if field.name.startswith("flag")
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of which a person chooses whose value stays; several columns where they only make sense together.

    `default` says what stays when nobody chose; without it the survivor's value, or the other's when it has none.
    """

    name: str
    label: Words
    columns: tuple[str, ...]
    default: Callable[[Customer, Customer], Values] | None = None
    help: Words = ""

    def of(self, customer: Customer) -> Values:
        """The columns of a customer."""
        return {column: getattr(customer, column) for column in self.columns}

    def is_empty(self, customer: Customer) -> bool:
        """True when the customer has none."""
        return not any(getattr(customer, column) for column in self.columns)

    def merged(self, survivor: Customer, loser: Customer, chosen: UUID | None) -> Values:
        """What the survivor has afterwards."""
        if chosen is not None:
            return self.of(loser if chosen == loser.pk else survivor)
        if self.default is not None:
            return self.default(survivor, loser)
        return self.of(loser if self.is_empty(survivor) else survivor)


def _all_tags(survivor: Customer, loser: Customer) -> Values:
    return {"tags": clean_tags([*survivor.tags, *loser.tags])}


def _both_notes(survivor: Customer, loser: Customer) -> Values:
    texts = dict.fromkeys(text.strip() for text in (survivor.note, loser.note) if text.strip())
    return {"note": "\n\n".join(texts)}


def _only_if_both(column: str) -> Callable[[Customer, Customer], Values]:
    return lambda survivor, loser: {column: getattr(survivor, column) and getattr(loser, column)}


def _severer_flag(survivor: Customer, loser: Customer) -> Values:
    worse = max((survivor, loser), key=lambda one: _SEVERITY.index(Flag(one.flag)))
    return {column: getattr(worse, column) for column in _FLAG_COLUMNS}


def _state(survivor: Customer, loser: Customer) -> Values:
    """An archived customer comes back when the other one is in use."""
    return {"state": loser.state if survivor.state == State.ARCHIVED else survivor.state}


FACTS = (
    Fact("first_name", _("First name"), ("first_name",)),
    Fact("last_name", _("Last name"), ("last_name",)),
    Fact("company", _("Company"), ("company",)),
    Fact("email", _("E-mail"), ("email",)),
    Fact("phone", _("Phone"), ("phone", "phone_typed")),
    Fact("birthdate", _("Birthdate"), ("birthdate",)),
    Fact("address", _("Address"), ADDRESS_FIELDS, help=_("The other one is kept as a further address.")),
    Fact("language", _("Language"), ("language",)),
    Fact("group", _("Group"), ("group_id",)),
    Fact("tags", _("Tags"), ("tags",), _all_tags, _("All of them, unless you choose.")),
    Fact("note", _("Note"), ("note",), _both_notes, _("Both, unless you choose.")),
    Fact(
        "accepts_marketing",
        _("Newsletter"),
        ("accepts_marketing",),
        _only_if_both("accepts_marketing"),
        _("Only if both agreed, unless you choose."),
    ),
    Fact(
        "points_summary",
        _("Points summary"),
        ("points_summary",),
        _only_if_both("points_summary"),
        _("Only if both agreed, unless you choose."),
    ),
    Fact(
        "accepts_sms",
        _("Text messages"),
        ("accepts_sms",),
        _only_if_both("accepts_sms"),
        _("Only if both agreed, unless you choose."),
    ),
    Fact("flag", _("Flag"), _FLAG_COLUMNS, _severer_flag, _("The more severe one, unless you choose.")),
    Fact("state", _("State"), ("state",), _state),
    Fact("commission_reduction", _("Commission reduced %"), ("commission_reduction",)),
    Fact("source", _("Source"), ("source",)),
    Fact(
        "external_id", _("External id"), ("external_id",), help=_("The other one still finds the customer.")
    ),
)
BY_NAME = {fact.name: fact for fact in FACTS}


def merged_values(survivor: Customer, loser: Customer, choices: Mapping[str, UUID]) -> Values:
    """The columns the survivor has afterwards, only those that change."""
    found: Values = {}
    for fact in FACTS:
        found |= fact.merged(survivor, loser, choices.get(fact.name))
    found |= {
        "created_at": min(survivor.created_at, loser.created_at),
        "points": survivor.points + loser.points,
        "tier": survivor.tier or loser.tier,
        "payout_method": survivor.payout_method or loser.payout_method,
        "blocked": survivor.blocked or loser.blocked,
        "has_account": survivor.has_account or loser.has_account,
    }
    return {column: value for column, value in found.items() if value != getattr(survivor, column)}


def merged_customer(survivor: Customer, losers: Sequence[Customer], choices: Mapping[str, UUID]) -> Customer:
    """The survivor as it would be afterwards; nothing is written."""
    values = {field.attname: getattr(survivor, field.attname) for field in _stored()}
    result = Customer(**values)
    for loser in losers:
        for column, value in merged_values(result, loser, choices).items():
            setattr(result, column, value)
    return result


def _stored() -> list[Any]:
    return [field for field in Customer._meta.concrete_fields if not field.generated]
