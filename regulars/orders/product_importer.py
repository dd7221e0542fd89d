"""How products come in from files: a row is matched by external id, else by sku, else by its whole name."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.errors import InvalidRecord
from regulars.kit.text import fold
from regulars.orders.models import Product
from regulars.orders.services.product_imports import write_imported_products
from regulars.orders.services.products import check_product
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Decision, Importer, Matching, Verdict
from regulars.stores.models import Store

COLUMNS = {"price": "price_minor", "tax": "tax_percent"}
_TWO = gettext_noop(
    "The external id and the sku are those of two products. Give one of them, or mend the products first."
)
_SEVERAL = gettext_noop("Several products have this name. Give the sku or the external id too.")


def decide_products(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing."""
    facts = [
        {
            COLUMNS.get(name, name): value
            for name, value in candidate.values.items()
            if value not in (None, "")
        }
        for candidate in candidates
    ]
    stored = _Stored(store, facts)
    return [_decide(one, stored) for one in facts]


class _Stored:
    """The products that rows of a file may be about."""

    def __init__(self, store: Store, facts: Sequence[dict[str, Any]]) -> None:
        wanted = {name: {one[name] for one in facts if name in one} for name in ("external_id", "sku")}
        # The searched form begins with the name, so those of one name are near each other; the rest is left out below.
        named = {
            fold(one["title"])
            for one in facts
            if "title" in one and not ({"external_id", "sku"} & one.keys())
        }
        asked = Q(external_id__in=wanted["external_id"]) | Q(sku__in=wanted["sku"])
        for name in named:
            asked |= Q(search__startswith=name)
        self.by: dict[tuple[str, str], list[Product]] = {}
        for product in Product.objects.filter(asked, store=store).order_by("pk"):
            for key in keys_of(product.external_id, product.sku, product.title):
                self.by.setdefault(key, []).append(product)


def keys_of(external_id: str, sku: str, title: str) -> list[tuple[str, str]]:
    """By what a product is found."""
    known = (("id", external_id), ("sku", sku), ("title", fold(title)))
    return [(name, value) for name, value in known if value]


def _decide(facts: dict[str, Any], stored: _Stored) -> Decision:
    sure = keys_of(facts.get("external_id", ""), facts.get("sku", ""), "")
    keys = sure or keys_of("", "", facts.get("title", ""))
    own = tuple(f"{name}:{value}" for name, value in keys)
    found = {product.pk: product for key in keys for product in stored.by.get(key, ())}
    try:
        check_product(facts if found else {"title": "", **facts})
    except InvalidRecord as refusal:
        name, sentence = next(iter(refusal.errors.items()))
        return Decision(Verdict.FAILED, own, field=name, sentence=sentence)
    if len(found) > 1:
        return Decision(
            Verdict.FAILED, own, field="sku" if sure else "title", sentence=_(_TWO) if sure else _(_SEVERAL)
        )
    if not found:
        return Decision(Verdict.NEW, own, own, values=facts)
    (product,) = found.values()
    changed = {name: value for name, value in facts.items() if value != getattr(product, name)}
    known_by = {f"{name}:{value}" for name, value in keys_of(product.external_id, product.sku, product.title)}
    return Decision(
        Verdict.CHANGED if changed else Verdict.SAME,
        own,
        tuple(dict.fromkeys((*own, *sorted(known_by)))),
        values=changed,
        before={name: getattr(product, name) for name in changed},
        record_id=product.pk,
        version=product.version,
    )


PRODUCT_IMPORTER = Importer(
    identifying=("title", "sku", "external_id"),
    decide=decide_products,
    write=write_imported_products,
    columns_of=lambda name: (COLUMNS.get(name, name),),
    sample=(
        {"title": "Mug", "sku": "MUG", "external_id": "7001", "price": "9.90", "tax": "20"},
        {
            "title": "Tea, 100 g",
            "sku": "TEA-100",
            "price": "10.00",
            "tax": "5.5",
            "description": "Second flush.",
        },
    ),
)
