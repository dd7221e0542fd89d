"""How a store sets its programme up: earning rules and tiers."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from regulars.customers.services import rename_tier
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.loyalty import events, tier_queries
from regulars.loyalty.choices import Colour, TierBy
from regulars.loyalty.earning import CLASSES, MULTIPLIER, Question
from regulars.loyalty.earning.base import MOST_MINOR, MOST_POINTS
from regulars.loyalty.models import EarnRule, Membership, Tier
from regulars.segments.names import Naming
from regulars.segments.services import rename_in_queries
from regulars.segments.uses import uses_of_name
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

MOST_PERCENT = 1000
MOST_SKUS = 500
_RULE = ("name", "kind", "settings", "starts", "ends", "active")
_TIER = (
    "name", "rank", "by", "threshold", "window_months", "benefits", "percent", "colour", "grace_days",
)  # fmt: skip
# Where saved queries name a tier.
TIERS = Naming("tier", links=("tier_memberships",))
_NAME_TAKEN = {"name": gettext_noop("There is one of this name already.")}
_RANK_TAKEN = {"rank": gettext_noop("Another tier has this place already.")}


class TierInUse(Refused):
    """Customers are in the tier, or were."""

    code = "tier_in_use"


def save_rule(
    *, store: Store, rule_id: UUID | None, values: Mapping[str, Any], actor: Actor, now: datetime
) -> EarnRule:
    """Add an earning rule or change one, from now on: what was earned stays. Raises `InvalidRecord` and `NotFound`.

    `values` are name, kind, starts, ends, active and the settings of the kind under their names.
    """
    actor.require("points.programme")
    with transaction.atomic():
        rule = (
            tier_queries.get_rule(store=store, rule_id=rule_id)
            if rule_id
            else EarnRule(id=new_id(), store=store, created_at=now)
        )
        before = _kept(rule, _RULE) if rule_id else {}
        asked = {name: values[name] for name in ("name", "starts", "ends", "active") if name in values}
        for name, value in asked.items():
            setattr(rule, name, storable(value).strip() if isinstance(value, str) else value)
        if not rule_id:
            rule.kind = str(values.get("kind", ""))
        rule.settings = _checked_rule(store, rule, values)
        _save(rule, "earn_rule_name", _NAME_TAKEN)
        after = _kept(rule, _RULE)
        _tell(store, events.RULE_SAVED, rule.pk, before, after, {"name": rule.name}, actor, now)
    return rule


def switch_rule(*, store: Store, rule_id: UUID, on: bool, actor: Actor, now: datetime) -> EarnRule:
    """Switch an earning rule off, or on again. Raises `NotFound`."""
    actor.require("points.programme")
    with transaction.atomic():
        rule = tier_queries.get_rule(store=store, rule_id=rule_id)
        if rule.active != on:
            rule.active = on
            rule.save(update_fields=["active"])
            data = {"name": rule.name, "to": gettext_lazy("on") if on else gettext_lazy("off")}
            _tell(store, events.RULE_SWITCHED, rule.pk, {"active": not on}, {"active": on}, data, actor, now)
    return rule


def save_tier(
    *, store: Store, tier_id: UUID | None, values: Mapping[str, Any], actor: Actor, now: datetime
) -> Tier:
    """Add a tier or change one; the worker then brings everybody where they belong. Raises `InvalidRecord` and
    `NotFound`."""
    actor.require("points.programme")
    with transaction.atomic():
        tier = (
            tier_queries.get_tier(store=store, tier_id=tier_id) if tier_id else Tier(id=new_id(), store=store)
        )
        before = _kept(tier, _TIER) if tier_id else {}
        for name in _TIER:
            if name in values:
                value = values[name]
                setattr(tier, name, storable(value).strip() if isinstance(value, str) else value)
        _check_tier(tier)
        _save(tier, "tier_name", _NAME_TAKEN, "tier_rank", _RANK_TAKEN)
        if before and before["name"] != tier.name:
            named: dict[str, Any] = {"store": store, "former": before["name"], "name": tier.name}
            rename_tier(**named)
            rename_in_queries(naming=TIERS, actor=actor, now=now, **named)
        _tell(store, events.TIER_SAVED, tier.pk, before, _kept(tier, _TIER), {"name": tier.name}, actor, now)
        _have_all_placed(store, now)
    return tier


def _have_all_placed(store: Store, now: datetime) -> None:
    with (
        suppress(AlreadyEnqueued),
        transaction.atomic(),
    ):  # that it waits already must not spoil what was saved
        waiting = queue.configure_task("points.place", queueing_lock=f"points.place/{store.pk}")
        waiting.defer(store_id=str(store.pk), asked_at=now.isoformat())


def remove_tier(*, store: Store, tier_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a tier in which nobody ever was. Raises `NotFound` and `TierInUse`."""
    actor.require("points.programme")
    with transaction.atomic():
        tier = tier_queries.get_tier(store=store, tier_id=tier_id)
        if Membership.objects.filter(store=store, tier=tier).exists():
            raise TierInUse(_("Customers are or were in this tier; it stays for their history."))
        for rule in tier_queries.active_rules(store=store, triggers={MULTIPLIER.trigger.value}):
            if str(tier.pk) in rule.settings["tiers"]:
                raise TierInUse(_("The earning rule “%(rule)s” is about this tier.") % {"rule": rule.name})
        for use in uses_of_name(store=store, naming=TIERS, name=tier.name):
            raise TierInUse(_("“%(name)s” asks for this tier.") % {"name": use.name})
        before = _kept(tier, _TIER)
        tier.delete()
        _tell(store, events.TIER_REMOVED, tier_id, before, {}, {"name": tier.name}, actor, now)


def _checked_rule(store: Store, rule: EarnRule, values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, str] = {}
    if not rule.name or len(rule.name) > 100:
        errors["name"] = _("Give a name of at most 100 letters.")
    if rule.kind not in CLASSES:
        raise InvalidRecord(errors | {"kind": _("Choose one of: %(names)s.") % {"names": ", ".join(CLASSES)}})
    if rule.starts and rule.ends and rule.ends < rule.starts:
        errors["ends"] = _("This is before the first day.")
    settings: dict[str, Any] = {}
    for question in CLASSES[rule.kind].questions:
        value = values.get(question.name, rule.settings.get(question.name, question.first))
        settings[question.name], problem = _checked(store, question, value)
        if problem:
            errors[question.name] = problem
    if errors:
        raise InvalidRecord(errors)
    return settings


def _checked(store: Store, question: Question, value: Any) -> tuple[Any, str]:
    """A setting as it is kept, and what is wrong with it."""
    if question.kind in ("skus", "tiers") and not (
        isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
    ):
        return value, _("Give a list of texts.")
    if question.kind == "skus":
        skus = list(dict.fromkeys(storable(one).strip() for one in value if one.strip()))
        if not skus or len(skus) > MOST_SKUS:
            return skus, _("Give from 1 to %(most)s article numbers.") % {"most": MOST_SKUS}
        known = tier_queries.known_skus(store=store, skus=skus)
        strange = [one for one in skus if one not in known]
        return skus, _("No product has the number “%(sku)s”.") % {"sku": strange[0]} if strange else ""
    if question.kind == "tiers":
        known_ids = {str(one.pk) for one in tier_queries.tiers_of(store=store)}
        ids = list(dict.fromkeys(value))
        return ids, "" if set(ids) <= known_ids else _("Choose tiers of this store.")
    least, most = {
        "points": (1, MOST_POINTS),
        "money": (1, MOST_MINOR),
        "percent": (101, MOST_PERCENT),
    }[question.kind]
    if type(value) is int and least <= value <= most:
        return value, ""
    if question.kind == "money":
        return value, _("Give an amount above zero.")
    return value, _("Give a number from %(least)s to %(most)s.") % {
        "least": f"{least:,}",
        "most": f"{most:,}",
    }


def _check_tier(tier: Tier) -> None:
    errors: dict[str, str] = {}
    # A name of marks that nobody sees is none.
    if not any(char.isprintable() and not char.isspace() for char in tier.name) or len(tier.name) > 60:
        errors["name"] = _("Give a name of at most 60 letters.")
    for name, least, most in (
        ("rank", 1, 100),
        ("threshold", 0, MOST_MINOR),
        ("window_months", 0, 120),
        ("grace_days", 0, 3660),
        ("percent", 100, MOST_PERCENT),
    ):
        value = getattr(tier, name)
        if type(value) is not int or not least <= value <= most:
            errors[name] = _("Give a number from %(least)s to %(most)s.") % {
                "least": f"{least:,}",
                "most": f"{most:,}",
            }
    if tier.by not in TierBy.values:
        errors["by"] = _("Choose one of: %(names)s.") % {"names": ", ".join(TierBy.values)}
    if tier.colour not in Colour.values:
        errors["colour"] = _("Choose one of: %(names)s.") % {"names": ", ".join(Colour.values)}
    if len(tier.benefits) > 2000:
        errors["benefits"] = _("This is longer than 2,000 letters.")
    if errors:
        raise InvalidRecord(errors)


def _save(record: EarnRule | Tier, *taken: Any) -> None:
    """Write it; `taken` are names of constraints, each followed by what to say."""
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        for name, errors in zip(taken[::2], taken[1::2], strict=True):
            if name in str(error):
                raise InvalidRecord({field: _(said) for field, said in errors.items()}) from error
        raise


def _kept(record: EarnRule | Tier, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _tell(
    store: Store,
    kind: Any,
    record_id: UUID,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    data: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    differ = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    if not differ:
        return
    touched = Touched(
        record_id,
        0,
        {name: value for name, value in before.items() if name in differ},
        {name: value for name, value in after.items() if name in differ},
        data,
    )
    emit(store=store, actor=actor, resource="stores", kind=kind, touched=touched, now=now)
