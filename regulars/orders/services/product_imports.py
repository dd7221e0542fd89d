"""Writing the products that a file brings."""

from collections.abc import Sequence
from datetime import datetime

from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.orders import events
from regulars.orders.models import Product
from regulars.orders.rules import as_facts
from regulars.orders.services.products import UNLESS_GIVEN, product_search, write_product
from regulars.resources.importer import Decision, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record


def write_imported_products(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Add the new products and change the known ones, with one event each."""
    made = []
    for one in decisions:
        if one.verdict is Verdict.NEW:
            facts = {**UNLESS_GIVEN, **one.values}
            search = product_search(facts)
            product = Product(
                id=new_id(), store=store, created_at=now, updated_at=now, search=search, **facts
            )
            made.append((product, Touched(product.pk, 1, after=as_facts(product, facts))))
    if made:
        Product.objects.bulk_create([product for product, _told in made], batch_size=2000)
        record(
            change_set=change_set,
            resource="products",
            kind=events.PRODUCT_CREATED,
            touched=[told for _product, told in made],
            now=now,
        )
    changed = {one.record_id: one for one in decisions if one.verdict is Verdict.CHANGED and one.record_id}
    if not changed:
        return
    found = lock_rows(Product.objects.filter(store=store), list(changed))
    if len(found) < len(changed) or any(found[pk].version != one.version for pk, one in changed.items()):
        raise Overtaken
    record(
        change_set=change_set,
        resource="products",
        kind=events.PRODUCT_EDITED,
        touched=[write_product(found[pk], one.values, now=now) for pk, one in changed.items()],
        now=now,
    )
