"""Keeping who agreed to what, when, where and in which words: one row for each change of a customer's agreements.

The changes are heard of where they are made: each event of customers brings before and after, whoever made it and
through whatever surface. Files bring very many at once, so nothing here is done customer by customer.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.copying import copy_rows
from regulars.kit.language import spoken
from regulars.messaging.choices import MEANING, Agreement
from regulars.messaging.models import Consent
from regulars.stores.models import Store
from regulars.timeline.services import Touched

_TABLE = Consent._meta.db_table
_COLUMNS = ("customer_id", "purpose", "channel", "granted", "wording")


def keep_changes(*, store: Store, touched: list[Touched], actor: Actor) -> None:
    """Write what became of the agreements of customers that were changed."""
    rows = list(_changes(store, touched, actor))
    if rows:
        copy_rows(table=_TABLE, columns=_COLUMNS, rows=rows, same=_about(store, actor))


def _changes(store: Store, touched: list[Touched], actor: Actor) -> Iterator[tuple[object, ...]]:
    for one in touched:
        if not one.after:
            continue
        for column, (purpose, channel) in MEANING.items():
            after = one.after.get(column)
            if after is not None and bool(after) != bool((one.before or {}).get(column)):
                wording = str((one.data or {}).get("wording") or "")
                if after and not wording and actor.kind == "staff":
                    wording = _ticked(store, column)
                yield one.record_id, str(purpose), str(channel), bool(after), wording


def _ticked(store: Store, agreement: Agreement) -> str:
    """What stands for the words when a colleague only ticked a box: that they did, and which one."""
    with spoken(store.language):
        return _("Ticked by staff: “%(what)s”. No other words were noted.") % {"what": agreement.label}


def keep_brought(*, store: Store, touched: list[Touched], actor: Actor) -> None:
    """Write what customers agreed to that came with a file: its events hold no facts, so the database is asked."""
    about = _about(store, actor)
    meant = ", ".join("(%s, %s, %s)" for _column in MEANING)
    values = [
        part
        for column, (purpose, channel) in MEANING.items()
        for part in (str(column), str(purpose), str(channel))
    ]
    picked = " ".join(f"WHEN '{column.value}' THEN customer.{column.value}" for column in MEANING)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {_TABLE} (customer_id, purpose, channel, granted, wording, {", ".join(about)})
            SELECT customer.id, meant.purpose, meant.channel, true, '', {", ".join("%s" for _name in about)}
            FROM customers_customer AS customer
            CROSS JOIN (VALUES {meant}) AS meant (agreement, purpose, channel)
            WHERE customer.store_id = %s AND customer.id = ANY(%s) AND CASE meant.agreement {picked} END""",
            [*about.values(), *values, store.pk, [one.record_id for one in touched]],
        )


def keep_merged(*, store: Store, touched: list[Touched], actor: Actor) -> None:
    """Write what customers into whom others were merged do not get any more: what those had agreed to came along, and
    the last word is that of the one who is left."""
    about = _about(store, actor)
    flags = " ".join(
        f"WHEN last.purpose = '{purpose.value}' AND last.channel = '{channel.value}' THEN customer.{column.value}"
        for column, (purpose, channel) in MEANING.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {_TABLE} (customer_id, purpose, channel, granted, wording, {", ".join(about)})
            SELECT last.customer_id, last.purpose, last.channel, false, '', {", ".join("%s" for _name in about)}
            FROM (
                SELECT DISTINCT ON (customer_id, purpose, channel) customer_id, purpose, channel, granted
                FROM {_TABLE} WHERE store_id = %s AND customer_id = ANY(%s)
                ORDER BY customer_id, purpose, channel, at DESC, id DESC
            ) AS last JOIN customers_customer AS customer ON customer.id = last.customer_id
            WHERE customer.store_id = %s AND last.granted AND NOT CASE {flags} END""",
            [*about.values(), store.pk, [one.record_id for one in touched], store.pk],
        )


def _about(store: Store, actor: Actor) -> dict[str, str | UUID]:
    """Who and where; a customer who acts for themself is named by their record alone."""
    name = "" if actor.kind == "customer" else actor.name
    return {"store_id": store.pk, "place": actor.surface, "author_kind": actor.kind, "author_name": name}
