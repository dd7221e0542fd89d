"""Adding and changing offers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.customers.rules import as_json
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.offers import events
from regulars.offers.benefits import BENEFITS, benefit_of
from regulars.offers.choices import Audience, Codes, Kind
from regulars.offers.codes import code_key, new_code, show_code
from regulars.offers.models import Code, Offer
from regulars.resources.conflicts import own_changes
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

UNLESS_GIVEN: dict[str, Any] = {
    "title": "", "terms": "", "kind": "", "percent": None, "amount_minor": None, "points": None, "gift": "",
    "codes": Codes.SHARED.value, "code": "", "starts_at": None, "ends_at": None, "windows": [], "minimum_minor": 0,
    "limit_total": 0, "limit_per_customer": 1, "partial": False, "guests": False, "audience": Audience.ALL.value,
    "segment_id": None, "tier": "", "hold_out": 0, "external_id": "",
}  # fmt: skip
EDITABLE = tuple(UNLESS_GIVEN)


class CodeTaken(Refused):
    """Another offer of the store has the code."""

    code = "code_taken"


class OfferExternalIdTaken(Refused):
    """Another offer of the store has the external id."""

    code = "external_id_taken"


def create_offer(*, store: Store, values: Mapping[str, Any], actor: Actor, now: datetime) -> Offer:
    """Add an offer, as a draft. One without a code for all gets one.

    Raises `InvalidRecord`, `CodeTaken` and `OfferExternalIdTaken`.
    """
    facts = UNLESS_GIVEN | dict(values)
    if facts["codes"] == Codes.SHARED and not facts["code"]:
        facts["code"] = show_code(new_code())
    check_offer(facts)
    with transaction.atomic(), _refuse_twins():
        _unless_own_code(store, facts["code"])
        offer = Offer(
            id=new_id(),
            store=store,
            code_key=_key_of(facts),
            author_id=actor.id,
            author_name=actor.name,
            created_at=now,
            updated_at=now,
            **facts,
        )
        offer.save(force_insert=True)
        after = {name: as_json(value) for name, value in facts.items() if value != UNLESS_GIVEN[name]}
        touched = Touched(offer.pk, 1, after=after)
        emit(store=store, actor=actor, resource="offers", kind=events.CREATED, touched=touched, now=now)
    return offer


def edit_offer(
    *,
    store: Store,
    offer_id: UUID,
    values: Mapping[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Offer:
    """Change an offer; what it gives stays as it was once somebody has redeemed it.

    Raises `NotFound`, `InvalidRecord`, `CodeTaken`, `OfferExternalIdTaken`, `EditConflict` and `UnknownVersion`.
    """
    with transaction.atomic(), _refuse_twins():
        offer = lock_rows(Offer.objects.filter(store=store), [offer_id]).get(offer_id)
        if offer is None:
            raise NotFound(_("This offer does not exist in this store."))
        current = {name: getattr(offer, name) for name in EDITABLE}
        changed = own_changes(
            store=store,
            record_id=offer.pk,
            noun="offer",
            version=offer.version,
            current=current,
            changed={name: value for name, value in values.items() if value != current[name]},
            base_version=base_version,
            as_json=as_json,
        )
        if not changed:
            return offer
        facts = current | changed
        check_offer(facts)
        check_redeemed(offer, changed)
        if "code" in changed:
            _unless_own_code(store, facts["code"])
        touched = write_offer(offer, changed, now=now)
        emit(store=store, actor=actor, resource="offers", kind=events.EDITED, touched=touched, now=now)
    return offer


def rename_tier(*, store: Store, offer_id: UUID, tier: str, actor: Actor, now: datetime) -> None:
    """The tier that an offer is for is called otherwise now; it is for the same people."""
    with transaction.atomic():
        offer = lock_rows(Offer.objects.filter(store=store), [offer_id]).get(offer_id)
        if offer is not None and offer.tier != tier:
            touched = write_offer(offer, {"tier": tier}, now=now)
            emit(store=store, actor=actor, resource="offers", kind=events.EDITED, touched=touched, now=now)


def write_offer(offer: Offer, changed: Mapping[str, Any], *, now: datetime) -> Touched:
    """Write facts of a locked offer; gives what the history keeps."""
    before = {name: as_json(getattr(offer, name)) for name in changed}
    for name, value in changed.items():
        setattr(offer, name, value)
    offer.code_key = _key_of({"code": offer.code, "codes": offer.codes})
    offer.version += 1
    offer.updated_at = now
    offer.save(update_fields=[*changed, "code_key", "version", "updated_at"])
    after = {name: as_json(getattr(offer, name)) for name in changed}
    return Touched(offer.pk, offer.version, before, after)


def check_offer(facts: Mapping[str, Any]) -> None:
    """Refuse what makes no sense, each field by name. Raises `InvalidRecord`."""
    errors: dict[str, str] = {}
    if not facts["title"]:
        errors["title"] = _("Give it a title.")
    if facts["kind"] not in BENEFITS:
        errors["kind"] = _("Choose what it gives.")
    else:
        benefit = benefit_of(facts["kind"])
        if why := benefit.check(facts):
            errors[benefit.column.removesuffix("_minor")] = why
    if facts["codes"] == Codes.SHARED and len(code_key(facts["code"])) < 3:
        errors["code"] = _("A code has at least three letters or digits.")
    if facts["starts_at"] and facts["ends_at"] and facts["starts_at"] >= facts["ends_at"]:
        errors["ends"] = _("This is before it begins.")
    if facts["audience"] == Audience.SEGMENT and facts["segment_id"] is None:
        errors["segment"] = _("Choose the segment.")
    if facts["audience"] == Audience.TIER and not facts["tier"]:
        errors["tier"] = _("Say which tier.")
    if facts["partial"] and facts["kind"] != Kind.AMOUNT:
        errors["partial"] = _("Only an amount can be used up in parts.")
    if not 0 <= facts["hold_out"] <= 90:
        errors["hold_out"] = _("Hold out 0 to 90 of a hundred.")
    for name, column in (("limit_total", 2**31 - 1), ("limit_per_customer", 2**31 - 1)):
        if not 0 <= facts[name] <= column:
            errors[name] = _("Give a number from 0 on; 0 is no limit.")
    if facts["minimum_minor"] < 0:
        errors["minimum"] = _("This is below zero.")
    if errors:
        raise InvalidRecord(errors)


def check_redeemed(offer: Offer, changed: Mapping[str, Any]) -> None:
    """What an offer gives stays once somebody has it. Raises `InvalidRecord`."""
    if not offer.redeemed:
        return
    errors = dict.fromkeys(
        (
            name.removesuffix("_minor")
            for name in ("kind", "percent", "amount_minor", "points", "gift")
            if name in changed
        ),
        _("It was redeemed already; make a new offer instead."),
    )
    if changed.get("limit_total") and changed["limit_total"] < offer.redeemed:
        errors["limit_total"] = _("It was redeemed %(count)s times already.") % {"count": offer.redeemed}
    if errors:
        raise InvalidRecord(errors)


def _unless_own_code(store: Store, code: str) -> None:
    """A code for all must not be one that somebody has for themselves."""
    if code and Code.objects.filter(store=store, code_key=code_key(code)).exists():
        raise CodeTaken(_("Somebody has this code for themselves."), field="code")


def _key_of(facts: Mapping[str, Any]) -> str:
    return code_key(facts["code"]) if facts["codes"] == Codes.SHARED else ""


@contextmanager
def _refuse_twins() -> Iterator[None]:
    """What the database keeps apart, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "offer_code_unique_per_store" in str(error):
            raise CodeTaken(_("Another offer of this store has this code."), field="code") from error
        if "offer_external_id_unique_per_store" in str(error):
            text = _("Another offer of this store has this external id.")
            raise OfferExternalIdTaken(text, field="external_id") from error
        raise
