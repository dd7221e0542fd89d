"""How offers come in from files: a row is matched by external id, else by the code for all."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.errors import InvalidRecord
from regulars.offers.choices import Codes
from regulars.offers.codes import code_key
from regulars.offers.columns import COLUMNS, columns_of
from regulars.offers.models import Code, Offer
from regulars.offers.services.imports import write_imported_offers
from regulars.offers.services.saving import UNLESS_GIVEN, check_offer, check_redeemed
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Decision, Importer, Matching, Verdict
from regulars.stores.models import Store

_TWO = gettext_noop(
    "The external id and the code are those of two offers. Give one of them, or mend the offers first."
)

_TAKEN = gettext_noop("Somebody has this code for themselves.")


def decide_offers(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing."""
    facts = [
        columns_of({name: value for name, value in one.values.items() if value not in (None, "")})
        for one in candidates
    ]
    ids = [one["external_id"] for one in facts if "external_id" in one]
    codes = [code_key(one["code"]) for one in facts if "code" in one]
    asked = Q(external_id__in=ids) & ~Q(external_id="") | Q(code_key__in=codes) & ~Q(code_key="")
    stored: dict[str, Offer] = {}
    for offer in Offer.objects.filter(asked, store=store):
        stored |= dict.fromkeys(_keys(offer.external_id, offer.code_key), offer)
    own = set(Code.objects.filter(store=store, code_key__in=codes).values_list("code_key", flat=True))
    return [_decide(one, stored, own) for one in facts]


def _keys(external_id: str, key: str) -> list[str]:
    return [f"{name}:{value}" for name, value in (("id", external_id), ("code", key)) if value]


def _decide(facts: dict[str, Any], stored: dict[str, Offer], taken: set[str]) -> Decision:
    own = tuple(_keys(facts.get("external_id", ""), code_key(facts.get("code", ""))))
    found = {stored[key].pk: stored[key] for key in own if key in stored}
    if len(found) > 1:
        return Decision(Verdict.FAILED, own, field="code", sentence=_(_TWO))
    if code_key(facts.get("code", "")) in taken:
        return Decision(Verdict.FAILED, own, field="code", sentence=_(_TAKEN))
    offer = next(iter(found.values()), None)
    before = {name: getattr(offer, name) for name in UNLESS_GIVEN} if offer else UNLESS_GIVEN
    whole = before | facts
    if offer is None and whole["codes"] == Codes.SHARED and not whole["code"]:
        whole["code"] = "made later"
    changed = {name: value for name, value in facts.items() if value != before[name]} if offer else {}
    try:
        check_offer(whole)
        if offer is not None:
            check_redeemed(offer, changed)
    except InvalidRecord as refusal:
        name, sentence = next(iter(refusal.errors.items()))
        return Decision(Verdict.FAILED, own, field=name, sentence=sentence)
    if offer is None:
        return Decision(Verdict.NEW, own, own, values=facts)
    known_by = tuple(dict.fromkeys((*own, *_keys(offer.external_id, offer.code_key))))
    return Decision(
        Verdict.CHANGED if changed else Verdict.SAME,
        own,
        known_by,
        values=changed,
        before={name: before[name] for name in changed},
        record_id=offer.pk,
        version=offer.version,
    )


OFFER_IMPORTER = Importer(
    identifying=("title", "code", "external_id"),
    decide=decide_offers,
    write=write_imported_offers,
    columns_of=lambda name: (COLUMNS.get(name, name),),
    sample=(
        {
            "title": "Friday lunch",
            "kind": "percent",
            "percent": "20",
            "code": "LUNCH20",
            "hours": "Fri 12:00-14:00",
            "ends": "2027-12-31 23:59",
        },
        {"title": "Thank you", "kind": "amount", "amount": "10.00", "codes": "unique", "external_id": "ty-1"},
    ),
)
