"""The terms of an order: the rules that applied when it earned its points. No database here."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from regulars.loyalty.earning.base import Basis
from regulars.loyalty.earning.orders import AMOUNT, MULTIPLIER, PRODUCTS
from regulars.loyalty.rules import MOST

_BY_NAME = {one.name: one for one in (AMOUNT, PRODUCTS)}


class Rule(TypedDict):
    """An earning rule as the terms keep it."""

    name: str
    kind: str
    settings: dict[str, Any]


class Terms(TypedDict):
    """What gives points for an order, and by what they are multiplied (100 is as many)."""

    rules: list[Rule]
    multiplier: str
    percent: int


def counts_on(rule: Any, day: date, *, added: date | None) -> bool:
    """Whether a rule counts for what happened on a day: within its days, and not before the day it was added unless it
    says so."""
    first = rule.starts or added
    return (first is None or day >= first) and (rule.ends is None or day <= rule.ends)


def agree(rules: Iterable[Any], *, tier: UUID | None, tier_name: str, tier_percent: int) -> Terms:
    """The terms of an order of somebody of this tier, from the rules that count for it."""
    found: Terms = {"rules": [], "multiplier": tier_name, "percent": tier_percent}
    for rule in rules:
        if rule.kind in _BY_NAME:
            found["rules"].append({"name": rule.name, "kind": rule.kind, "settings": rule.settings})
        elif rule.kind == MULTIPLIER.name:
            tiers = rule.settings["tiers"]
            is_for_all = not tiers or (tier is not None and str(tier) in tiers)
            if is_for_all and rule.settings["percent"] > found["percent"]:
                found["multiplier"], found["percent"] = rule.name, rule.settings["percent"]
    return found


def worth_of(terms: Terms, basis: Basis) -> dict[str, int]:
    """How many points each rule gives for an order; rules that give none are left out."""
    found: dict[str, int] = {}
    for rule in terms["rules"]:
        points = min(_BY_NAME[rule["kind"]].points(rule["settings"], basis), MOST)
        found[rule["name"]] = found.get(rule["name"], 0) + points
    more = sum(found.values()) * (terms["percent"] - 100) // 100
    name = terms["multiplier"]
    found[name] = found.get(name, 0) + more
    return {name: points for name, points in found.items() if points}
