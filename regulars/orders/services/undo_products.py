"""Putting products back as they were."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.orders import events
from regulars.orders.choices import ProductState
from regulars.orders.models import OrderLine, Product
from regulars.orders.rules import as_json
from regulars.orders.services.products import write_product
from regulars.orders.services.undo import CHANGED, GONE
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past


def undo_product_changes(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Write the facts that products had before, where they are what the act made them."""
    found = lock_rows(Product.objects.filter(store=store), [past.record_id for past in pasts])
    left: dict[UUID, str] = {}
    for past in pasts:
        product = found.get(past.record_id)
        if product is None:
            left[past.record_id] = _(GONE)
            continue
        if any(as_json(getattr(product, name)) != value for name, value in past.after.items()):
            left[past.record_id] = _(CHANGED)
            continue
        try:
            with transaction.atomic():
                touched = write_product(product, _columns(past.before), now=now)
        except IntegrityError:  # another product has the sku or the external id by now
            left[past.record_id] = _(CHANGED)
            continue
        kind = events.PRODUCT_EDITED
        if "state" in past.before:
            archived = past.before["state"] == ProductState.ARCHIVED
            kind = events.PRODUCT_ARCHIVED if archived else events.PRODUCT_RESTORED
        record(change_set=change_set, resource="products", kind=kind, touched=[touched], now=now)
    return left


def undo_new_products(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take products away again that were added by mistake, where no order has them and nobody changed them."""
    rows = Product.objects.filter(store=store)
    found = lock_rows(rows, [past.record_id for past in pasts], to_remove=True)
    sold = set(
        OrderLine.objects.filter(store=store, product__in=found)
        .values_list("product_id", flat=True)
        .distinct()
    )
    left: dict[UUID, str] = {}
    touched = []
    for past in pasts:
        product = found.get(past.record_id)
        if product is None:
            left[past.record_id] = _(GONE)
        elif product.version != past.version or product.pk in sold:
            left[past.record_id] = _(CHANGED) if product.pk not in sold else _("was sold since")
        else:
            product.delete()
            touched.append(_removed(past))
    record(change_set=change_set, resource="products", kind=events.PRODUCT_REMOVED, touched=touched, now=now)
    return left


def _removed(past: Past) -> Touched:
    return Touched(past.record_id, past.version + 1, before=past.after)


def _columns(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Facts from the history as the columns hold them."""
    columns: dict[str, Any] = {}
    for name, value in kept.items():
        field: Any = Product._meta.get_field(name)
        columns[name] = field.to_python(value)
    return columns
