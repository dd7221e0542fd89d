"""The boundaries of scores, counted anew now and then: a customer's score changes with their own figures at once, the
fifths they are compared with change slowly."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from regulars.reports.models import ScoreScale
from regulars.stores.models import Store
from regulars.stores.queries import all_stores

EVERY = timedelta(hours=1)
_SHARES = "ARRAY[0.2, 0.4, 0.6, 0.8]"


def refresh_scale(*, store: Store, now: datetime) -> ScoreScale | None:
    """Part the store's buyers into fifths; nothing while nobody has bought."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*), percentile_disc({_SHARES}) WITHIN GROUP (ORDER BY last_order_at),
                percentile_disc({_SHARES}) WITHIN GROUP (ORDER BY orders_count),
                percentile_disc({_SHARES}) WITHIN GROUP (ORDER BY spent_minor)
            FROM customers_customer WHERE store_id = %s AND orders_count > 0""",
            [store.pk],
        )
        buyers, recency, frequency, money = cursor.fetchone()
        if not buyers:
            ScoreScale.objects.filter(store=store).delete()
            return None
        facts = {
            "recency": recency,
            "frequency": frequency,
            "money": money,
            "buyers": buyers,
            "counted_at": now,
        }
        scale, _made = ScoreScale.objects.update_or_create(store=store, defaults=facts)
        return scale


def refresh_scales(*, now: datetime) -> int:
    """Refresh the boundaries of every store that are an hour old, or missing. Returns how many."""
    fresh = set(ScoreScale.objects.filter(counted_at__gte=now - EVERY).values_list("store_id", flat=True))
    due = [store for store in all_stores() if store.pk not in fresh]
    for store in due:
        refresh_scale(store=store, now=now)
    return len(due)
