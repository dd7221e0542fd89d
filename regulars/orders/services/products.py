"""Writing products."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.text import fold
from regulars.orders import events
from regulars.orders.choices import ProductState
from regulars.orders.models import Product
from regulars.orders.rules import as_facts, as_json
from regulars.orders.services.lines import MOST_MINOR
from regulars.resources.action import Outcome
from regulars.resources.conflicts import own_changes
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, emit, open_change_set, record

PRODUCT_EDITABLE = ("title", "sku", "external_id", "description", "price_minor", "tax_percent")
UNLESS_GIVEN: dict[str, Any] = {
    **dict.fromkeys(("sku", "external_id", "description"), ""), "price_minor": 0, "tax_percent": Decimal(0),
}  # fmt: skip
_KEY_LENGTH = 300


class SkuTaken(Refused):
    """Another product of the store has the sku."""

    code = "sku_taken"


class ProductExternalIdTaken(Refused):
    """Another product of the store has the external id."""

    code = "external_id_taken"


def create_product(*, store: Store, values: Mapping[str, Any], actor: Actor, now: datetime) -> Product:
    """Add a product. Raises `InvalidRecord`, `SkuTaken` and `ProductExternalIdTaken`."""
    facts = {**UNLESS_GIVEN, "title": "", **values}
    check_product(facts)
    with transaction.atomic(), _refuse_twins():
        product = Product(
            id=new_id(), store=store, created_at=now, updated_at=now, search=product_search(facts), **facts
        )
        product.save(force_insert=True)
        emit(
            store=store,
            actor=actor,
            resource="products",
            kind=events.PRODUCT_CREATED,
            touched=Touched(product.pk, 1, after=as_facts(product, facts)),
            now=now,
        )
    return product


def edit_product(
    *,
    store: Store,
    product_id: UUID,
    values: Mapping[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Product:
    """Change a product; orders keep what it was when they were placed.

    Raises `NotFound`, `InvalidRecord`, `SkuTaken`, `ProductExternalIdTaken`, `EditConflict` and `UnknownVersion`.
    """
    check_product(values)
    with transaction.atomic(), _refuse_twins():
        product = lock_rows(Product.objects.filter(store=store), [product_id]).get(product_id)
        if product is None:
            raise NotFound(_("This product does not exist in this store."))
        current = {name: getattr(product, name) for name in PRODUCT_EDITABLE}
        changed = own_changes(
            store=store,
            record_id=product.pk,
            noun="product",
            version=product.version,
            current=current,
            changed={name: value for name, value in values.items() if value != current[name]},
            base_version=base_version,
            as_json=as_json,
        )
        if not changed:
            return product
        touched = write_product(product, changed, now=now)
        emit(
            store=store,
            actor=actor,
            resource="products",
            kind=events.PRODUCT_EDITED,
            touched=touched,
            now=now,
        )
    return product


def write_product(product: Product, changed: Mapping[str, Any], *, now: datetime) -> Touched:
    """Write facts of a locked product; gives what the history keeps."""
    before = as_facts(product, changed)
    for name, value in changed.items():
        setattr(product, name, value)
    product.search = product_search(product.__dict__)
    product.version += 1
    product.updated_at = now
    product.save(update_fields=[*changed, "search", "version", "updated_at"])
    return Touched(product.pk, product.version, before, as_facts(product, changed))


def archive_products(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Offer products no longer; orders keep them."""
    return _set_state(
        store,
        ids,
        ProductState.ARCHIVED,
        events.PRODUCT_ARCHIVED,
        _("is archived already"),
        actor,
        now,
        change_set,
    )


def restore_products(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Offer archived products again."""
    return _set_state(
        store,
        ids,
        ProductState.ACTIVE,
        events.PRODUCT_RESTORED,
        _("is offered already"),
        actor,
        now,
        change_set,
    )


def _set_state(
    store: Store,
    ids: list[UUID],
    state: ProductState,
    kind: EventKind,
    already: str,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    outcome = Outcome()
    with transaction.atomic():
        found = lock_rows(Product.objects.filter(store=store), ids)
        outcome.skipped = {one: _("does not exist in this store") for one in ids if one not in found}
        outcome.skipped |= {one: already for one, product in found.items() if product.state == state}
        going = [product for one, product in found.items() if one not in outcome.skipped]
        if going:
            opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
            outcome.change_set = opened.id
            outcome.done = [product.pk for product in going]
            touched = [write_product(product, {"state": state.value}, now=now) for product in going]
            record(change_set=opened, resource="products", kind=kind, touched=touched, now=now)
    return outcome


def check_product(values: Mapping[str, Any]) -> None:
    """Raise `InvalidRecord` for facts that no product can have."""
    errors = dict.fromkeys(sorted(set(values) - set(PRODUCT_EDITABLE)), _("This cannot be edited."))
    if "title" in values and not values["title"].strip():
        errors["title"] = _("Give the product a name.")
    if not 0 <= (values.get("price_minor") or 0) <= MOST_MINOR:
        errors["price"] = _("Give a price of 0 or more.")
    if not 0 <= (values.get("tax_percent") or 0) <= 100:
        errors["tax"] = _("Give a tax from 0 to 100 %.")
    if errors:
        raise InvalidRecord(errors)


def product_search(facts: Mapping[str, Any]) -> str:
    """What a product is found by and sorted by: its name first."""
    return " ".join(fold(facts[name]) for name in ("title", "sku", "external_id") if facts[name])[
        :_KEY_LENGTH
    ]


@contextmanager
def _refuse_twins() -> Iterator[None]:
    """Turn the database's refusal of a second sku or external id into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "product_sku_unique_per_store" in str(error):
            raise SkuTaken(_("Another product of this store has this sku."), field="sku") from error
        if "product_external_id_unique_per_store" in str(error):
            sentence = _("Another product of this store has this external id.")
            raise ProductExternalIdTaken(sentence, field="external_id") from error
        raise
