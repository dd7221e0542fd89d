"""Finding pairs worth comparing: customers that share a key, in one statement for each kind of key.

No key is shared by more than a few customers, so the work grows with the number of customers, not with its square:
what more than `MOST` share says nothing about who is the same, and the largest of those crowds are told to people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regulars.kit.words import Words
from regulars.stores.models import Store

TABLE = "duplicates_candidates"
CROWDS_TOLD = 10

# Either order of the names gives the same two texts, so that "Ada Lovelace" meets "Lovelace Ada".
_LOWER, _UPPER = "least(name_key, last_name_key)", "greatest(name_key, last_name_key)"
_PLACE = (
    "coalesce(nullif(regexp_replace(lower(postcode), '[^a-z0-9]', '', 'g'), ''), nullif(city_key, ''), '')"
)
_FIRST_WORD, _LAST_WORD = "split_part(name_key, ' ', 1)", "split_part(last_name_key, ' ', 1)"
_LOCAL = "replace(split_part(split_part(email_key, '@', 1), '+', 1), '.', '')"
# So alike that comparing them letter by letter is worth the time; neighbours must be more alike than those of one day.
_LIKENESS = (
    "greatest(similarity(one.name_key, other.name_key), similarity(one.name_key, other.last_name_key))"
)
_ALIKE, _VERY_ALIKE = f"{_LIKENESS} >= 0.2", f"{_LIKENESS} >= 0.45"
_CHANGED = "id IN (SELECT customer_id FROM customers_lookup WHERE store_id = %s AND updated_at >= %s)"
_OFFICES = "('info', 'contact', 'office', 'admin', 'mail', 'hello', 'sales', 'support', 'noreply', 'kontakt')"


@dataclass(frozen=True, slots=True)
class Key:
    """One way in which two customers can meet. `parts` are compared; `having` says who has such a key at all; `also`
    must hold for both. `label` names what a crowd shares, for keys that people can do something about."""

    parts: tuple[str, ...]
    having: str
    most: int
    also: str = "true"
    label: Words = ""


KEYS = {
    "phone": Key(("phone",), "phone <> ''", 12, label=_("the phone")),
    # Two letters of a name beside the day: a typing error is seldom in both beginnings.
    "birthdate": Key(
        ("birthdate", f"left({_LOWER}, 2)"), "birthdate IS NOT NULL AND name_key <> ''", 60, _ALIKE
    ),
    "birthdate_2": Key(
        ("birthdate", f"left({_UPPER}, 2)"), "birthdate IS NOT NULL AND name_key <> ''", 60, _ALIKE
    ),
    # (A percent sign is written twice in statements with parameters.)
    "place": Key((_PLACE, _LOWER), f"name_key LIKE '%% %%' AND {_PLACE} <> ''", 40),
    "place_2": Key(
        (_PLACE, _LAST_WORD, "left(name_key, 1)"),
        f"name_key LIKE '%% %%' AND {_PLACE} <> ''",
        40,
        _VERY_ALIKE,
    ),
    "place_3": Key(
        (_PLACE, _FIRST_WORD, "left(last_name_key, 1)"),
        f"name_key LIKE '%% %%' AND {_PLACE} <> ''",
        40,
        _VERY_ALIKE,
    ),
    "company": Key(("company_key", _LOWER), "company_key <> '' AND name_key <> ''", 20),
    "companies": Key(("company_key", _PLACE), f"company_key <> '' AND name_key = '' AND {_PLACE} <> ''", 20),
    "email": Key((_LOCAL,), f"email_key <> '' AND length({_LOCAL}) >= 4 AND {_LOCAL} NOT IN {_OFFICES}", 20),
}


def collect(*, store: Store, since: datetime | None, key: Key) -> None:
    """Add the pairs that share a key, one of them changed after `since`, to the table of candidates."""
    named = ", ".join(f"({part}) AS k{at}" for at, part in enumerate(key.parts))
    keys = ", ".join(f"k{at}" for at in range(len(key.parts)))
    same = " AND ".join(f"other.k{at} = one.k{at}" for at in range(len(key.parts)))
    who = f"store_id = %s AND state <> 'anonymised' AND {key.having}"
    parameters: list[Any] = [store.pk]
    touched = ""
    if since is not None:
        # Looked up first, so that the changed few lead to theirs through an index where there is one.
        touched = f"touched AS (SELECT DISTINCT {named} FROM customers_customer WHERE {who} AND {_CHANGED}),"
        parameters = [store.pk, store.pk, since, store.pk]
    columns = f"id, name_key, last_name_key, {named}"
    members = (
        f"SELECT {columns} FROM customers_customer WHERE {who}"
        if since is None
        else f"SELECT member.* FROM (SELECT {columns} FROM customers_customer WHERE {who}) AS member "
        f"JOIN touched USING ({keys})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {TABLE} (first, second)
            WITH {touched} members AS MATERIALIZED ({members}),
            few AS (SELECT {keys} FROM members GROUP BY {keys} HAVING count(*) BETWEEN 2 AND {key.most}),
            meeting AS MATERIALIZED (SELECT members.* FROM members JOIN few USING ({keys}))
            SELECT one.id, other.id FROM meeting AS one JOIN meeting AS other ON {same} AND one.id < other.id
            WHERE {key.also}
            ON CONFLICT DO NOTHING""",
            parameters,
        )


def collect_known(*, store: Store, since: datetime | None) -> None:
    """Add the pairs found earlier, to be compared again: of those that changed, or all."""
    changed = (
        ""
        if since is None
        else "AND EXISTS (SELECT FROM customers_lookup AS changed WHERE changed.store_id = pair.store_id "
        "AND changed.customer_id IN (pair.first_id, pair.second_id) AND changed.updated_at >= %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {TABLE} (first, second)
            SELECT first_id, second_id FROM duplicates_pair AS pair WHERE store_id = %s {changed}
            ON CONFLICT DO NOTHING""",
            [store.pk, *([since] if since is not None else [])],
        )


def begin() -> None:
    """Make the table of candidates, which only this connection sees."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TABLE} (first uuid, second uuid, PRIMARY KEY (first, second))"
        )


def end() -> None:
    """Drop the table of candidates."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def how_many() -> int:
    """How many pairs there are to compare."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        return int(cursor.fetchone()[0])


def batches(size: int) -> Iterator[list[tuple[Any, Any]]]:
    """The pairs in batches, by the first customer."""
    after: tuple[Any, Any] | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT first, second FROM {TABLE} {'WHERE (first, second) > (%s, %s)' if after else ''} "
                "ORDER BY first, second LIMIT %s",
                [*(after or ()), size],
            )
            found = cursor.fetchall()
        if not found:
            return
        yield found
        after = found[-1]


def crowds(*, store: Store) -> list[dict[str, Any]]:
    """The largest crowds that share something people could correct: what, one of them, how many."""
    found: list[dict[str, Any]] = []
    for name, key in KEYS.items():
        if not key.label:
            continue
        (part,) = key.parts
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT min(id::text), count(*) FROM customers_customer
                WHERE store_id = %s AND state <> 'anonymised' AND {key.having}
                GROUP BY {part} HAVING count(*) > {key.most} ORDER BY 2 DESC, 1 LIMIT {CROWDS_TOLD}""",
                [store.pk],
            )
            found += [{"kind": name, "customer": one, "size": size} for one, size in cursor.fetchall()]
    return found
