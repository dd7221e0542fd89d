"""What merges keep of the rows they took away, changed where it lies."""

from collections.abc import Callable

from regulars.duplicates.models import Kept
from regulars.stores.models import Store


def replace_kept(*, store: Store, table: str, column: str, fresh: Callable[[str], str]) -> int:
    """Write `fresh` of one text of each kept row of a table, and return how many rows differ now."""
    done = 0
    for kept in Kept.objects.filter(store=store, table=table).order_by("pk"):
        before = kept.row.get(column, "")
        if (after := fresh(before)) != before:
            # Split meanwhile, the row is gone from here.
            done += Kept.objects.filter(pk=kept.pk).update(row={**kept.row, column: after})
    return done
