"""How customers come in from files: who a row is about, and what it would change.

A row is matched by external id, then e-mail; with neither by phone, else by name and company among customers that have
no e-mail and phone (and the same number, if the row gives one). A row is never guessed onto somebody: two answers, or
two that disagree, are said and not taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from regulars.customers import queries
from regulars.customers.choices import State
from regulars.customers.former import survivors_by
from regulars.customers.presets import PRESETS
from regulars.customers.rules import EDITABLE
from regulars.customers.services.imports import write_imported
from regulars.kit.email import email_key
from regulars.kit.errors import Invalid
from regulars.kit.text import fold, storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import Candidate, Cleaner, Decision, Importer, Verdict
from regulars.stores.models import Store
from regulars.stores.services import raise_customer_numbers

Row = Mapping[str, Any]
_SAYS_WHO = ("first_name", "last_name", "company", "email", "phone", "external_id")
_NEVER_CHANGED = frozenset({"number", "created_at", "phone_typed", "group_name", "source"})
_COMPARED = ("id", "number", "version", "state", *EDITABLE, "email_key", "name_key", "company_key")
LONGEST_GROUP_NAME = 80
# Marks a customer that was found by what a merged one was known by: which columns those were.
FORMER = "former"


def decide_customers(*, store: Store, candidates: Sequence[Candidate], context: Context) -> list[Decision]:
    """What each row would do; writes nothing."""
    groups = {group.name.casefold(): group.pk for group in queries.groups_of(store=store)}
    facts = [_facts(candidate.values, groups) for candidate in candidates]
    stored = _Stored(store, facts)
    decisions = [_decide(one, stored, context) for one in facts]
    numbered = [one for one in decisions if one.verdict is Verdict.NEW and one.values.get("number")]
    taken = queries.numbers_taken(store=store, numbers=[one.values["number"] for one in numbered])
    for one in numbered:
        number = one.values["number"]
        if number in taken:
            one.verdict, one.field = Verdict.FAILED, "number"
            one.sentence = (
                f"Another customer has the number {number}. Leave it empty to be given the next free one."
            )
        else:
            one.own += (f"number:{number}",)
            one.known_by += (f"number:{number}",)
    return decisions


class _Stored:
    """The customers that rows of a batch may be about, found with one question per kind of key."""

    def __init__(self, store: Store, facts: Sequence[dict[str, Any]]) -> None:
        self._store = store
        self.by_external_id = self._one_by("external_id", (one.get("external_id") for one in facts))
        self.by_email = self._one_by("email_key", (one.get("email_key") for one in facts))
        unnamed = [one for one in facts if not one.get("external_id") and not one.get("email")]
        self.by_phone = self._many_by("phone", (one.get("phone") for one in unnamed))
        nameless = [one for one in unnamed if not one.get("phone")]
        self.by_name = self._many_by("name_key", (_name_key(one) for one in nameless), without_contact=True)

    def _one_by(self, column: str, keys: Iterable[str | None]) -> dict[str, Row]:
        """The customer of each key; of a key that belonged to a merged customer, the one it lives on in."""
        wanted = [key for key in keys if key]
        found: dict[str, Row] = {row[column]: row for row in self._load(column, wanted)}
        missing = [key for key in wanted if key not in found]
        survivors = survivors_by(store=self._store, column=column, keys=missing)
        if survivors:
            ids = {
                row["id"]: row
                for row in queries.existing_by_id(store=self._store, ids=survivors.values(), wanted=_COMPARED)
            }
            found |= {key: {**ids[one], FORMER: (column,)} for key, one in survivors.items() if one in ids}
        return found

    def _many_by(
        self, column: str, keys: Iterable[str | None], *, without_contact: bool = False
    ) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._load(column, keys, without_contact=without_contact):
            found[row[column]].append(row)
        return found

    def _load(
        self, column: str, keys: Iterable[str | None], *, without_contact: bool = False
    ) -> list[dict[str, Any]]:
        wanted = [key for key in keys if key is not None and (key or column == "name_key")]
        if not wanted:
            return []
        return queries.existing_by(
            store=self._store, column=column, keys=wanted, wanted=_COMPARED, without_contact=without_contact
        )


def _facts(values: Mapping[str, Any], groups: Mapping[str, UUID]) -> dict[str, Any]:
    """The columns a row fills. A full name is kept as `full_name` until it is known whose it is."""
    facts = {name: value for name, value in values.items() if value not in (None, "", [])}
    full = facts.pop("name", "")
    if full and "first_name" not in facts and "last_name" not in facts:
        facts["full_name"] = full
    if "phone" in facts:
        number, typed = facts["phone"]
        facts["phone"], facts["phone_typed"] = number, "" if typed == number else typed
    if "email" in facts:
        facts["email_key"] = email_key(facts["email"])
    if "created" in facts:
        facts["created_at"] = facts.pop("created")
    if name := facts.pop("group", ""):
        known = groups.get(name.casefold())
        facts["group_id" if known else "group_name"] = known or name
    return facts


def _split(full: str) -> tuple[str, str]:
    first, _space, last = full.rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _name_key(facts: Row) -> str:
    if "full_name" in facts:
        return fold(facts["full_name"])
    return fold(f"{facts.get('first_name', '')} {facts.get('last_name', '')}")


def _own_keys(facts: Row) -> tuple[str, ...]:
    """The keys by which a row says whose it is."""
    keys: tuple[str, ...] = ()
    if external_id := facts.get("external_id"):
        keys = (f"id:{external_id}",)
    if facts.get("email"):
        keys += (f"mail:{facts['email_key']}",)
    if keys:
        return keys
    phone = facts.get("phone")
    return (_numbered(f"phone:{phone}" if phone else _name_and_company(_name_key(facts), facts), facts),)


def _numbered(key: str, facts: Row) -> str:
    """A phone or a name with a number beside it means the customer of that number only."""
    return f"{key}#{facts['number']}" if facts.get("number") else key


def _name_and_company(name_key: str, facts: Row) -> str:
    return f"name:{name_key}|{fold(facts.get('company') or '')}"


def _keys_of(row: Row) -> tuple[str, ...]:
    """The keys by which any later row could find this customer."""
    keys: list[str] = []
    if row.get("external_id"):
        keys.append(f"id:{row['external_id']}")
    if row.get("email_key"):
        keys.append(f"mail:{row['email_key']}")
    shared = ""
    if row.get("phone"):
        shared = f"phone:{row['phone']}"
    elif not row.get("email"):
        shared = _name_and_company(_name_key(row), row)
    return (*keys, shared, _numbered(shared, row)) if shared else tuple(keys)


def _decide(facts: dict[str, Any], stored: _Stored, context: Context) -> Decision:
    if not any(facts.get(name) for name in (*_SAYS_WHO, "full_name")):
        return _no(
            "", "Nothing in this row says who the customer is. Give a name, a company, an e-mail or a phone."
        )
    if (born := facts.get("birthdate")) and born > context.today:
        return _no("birthdate", f"The birthdate {born.isoformat()} lies in the future. Write the right year.")
    if (created := facts.get("created_at")) and created > context.now + timedelta(days=1):
        return _no(
            "created", f"The date {created.date().isoformat()} lies in the future. Write the right year."
        )
    found = _match(facts, stored)
    if isinstance(found, Decision):
        return found
    own = _own_keys(facts)
    if found is None:
        if full := facts.pop("full_name", ""):
            facts["first_name"], facts["last_name"] = _split(full)
        return Decision(Verdict.NEW, own, tuple(dict.fromkeys(own + _keys_of(facts))), values=facts)
    if found["state"] == State.ANONYMISED:
        return _no(
            "", "This person was anonymised; their data must not come back. Take the row out of the file."
        )
    changes = _changes(facts, found)
    before = {name: found.get(name) for name in changes}
    after_keys = _keys_of({**found, **changes, "email_key": facts.get("email_key") or found["email_key"]})
    return Decision(
        Verdict.CHANGED if changes else Verdict.SAME,
        own,
        tuple(dict.fromkeys(own + _keys_of(found) + after_keys)),
        values=changes,
        before=before,
        record_id=found["id"],
        version=found["version"],
    )


def _no(field: str, sentence: str) -> Decision:
    return Decision(Verdict.FAILED, field=field, sentence=sentence)


def _match(facts: Row, stored: _Stored) -> Row | Decision | None:
    """The customer a row is about, nobody, or why that cannot be said."""
    external_id, email = facts.get("external_id"), facts.get("email")
    if external_id or email:
        by_id = stored.by_external_id.get(external_id) if external_id else None
        by_email = stored.by_email.get(facts["email_key"]) if email else None
        if by_id and by_email and by_id["id"] != by_email["id"]:
            return _no(
                "email",
                f"The external id belongs to customer {by_id['number']}, the e-mail to customer {by_email['number']}. "
                "Correct one of them, or merge the two customers first.",
            )
        if by_id and not by_email and _is_somebody_else(facts, by_id):
            return _no(
                "external_id",
                f"The external id belongs to customer {by_id['number']}, who came from “{by_id['source'][:60]}” with "
                "another name and e-mail. Ids of different systems mean different people: leave the external id empty.",
            )
        if by_email and not by_id and external_id and by_email["external_id"]:
            return _no(
                "external_id",
                f"The customer with this e-mail ({by_email['number']}) has the external id "
                f"“{by_email['external_id'][:60]}”, not “{external_id[:60]}”. "
                "Leave the external id empty to change this customer, or the e-mail to add another.",
            )
        if by_id and by_email:
            return {**by_id, FORMER: (*by_id.get(FORMER, ()), *by_email.get(FORMER, ()))}
        return by_id or by_email
    if phone := facts.get("phone"):
        return _only_one(stored.by_phone.get(phone, []), facts, "phone", "this phone")
    named = [row for row in stored.by_name.get(_name_key(facts), []) if _fits_company(facts, row)]
    return _only_one(named, facts, "", "this name and no e-mail or phone")


def _is_somebody_else(facts: Row, row: Row) -> bool:
    """Two systems count their customers from 1: an id alone is no reason to write one person over another."""
    if row["source"] == facts.get("source") or not facts.get("email") or not row["email"]:
        return False
    return not _same_name(facts, row) and facts.get("number") != row["number"]


def _fits_company(facts: Row, row: Row) -> bool:
    if row["company_key"] != fold(facts.get("company") or ""):
        return False
    return bool(row["name_key"] or row["company_key"]) or _same_name(facts, row)


def _same_name(facts: Row, row: Row) -> bool:
    if "full_name" in facts:
        return bool(facts["full_name"] == f"{row['first_name']} {row['last_name']}".strip())
    return all(row[name] == facts.get(name, "") for name in ("first_name", "last_name"))


def _only_one(rows: list[Row], facts: Row, field: str, what: str) -> Row | Decision | None:
    """The one customer among those that share a phone or a name: by number, by exact name, by having no e-mail."""
    if facts.get("number"):
        rows = [row for row in rows if row["number"] == facts["number"]]
    for fits in (
        lambda row: _same_name(facts, row),
        lambda row: not row["email"] and not row["external_id"],
    ):
        if len(rows) > 1:
            rows = [row for row in rows if fits(row)] or rows
    if len(rows) > 1:
        numbers = ", ".join(str(row["number"]) for row in rows[:5])
        return _no(
            field,
            f"{len(rows)} customers have {what}: {numbers}. Add an e-mail or an external id to say which one.",
        )
    return rows[0] if rows else None


def _changes(facts: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """What the file changes of a customer. Empty cells erase nothing, and an opt-out is never undone by a file."""
    wanted = {name: value for name, value in facts.items() if name not in _NEVER_CHANGED}
    wanted.pop("email_key", None)
    for column in row.get(FORMER, ()):  # a key of the past must not take the place of today's
        wanted.pop("email" if column == "email_key" else column, None)
    full = wanted.pop("full_name", "")
    if full and full != f"{row['first_name']} {row['last_name']}".strip():
        wanted["first_name"], wanted["last_name"] = _split(full)
    changes = {name: value for name, value in wanted.items() if row[name] != value}
    if changes.get("accepts_marketing"):
        del changes["accepts_marketing"]
    if "phone" in changes:
        changes["phone_typed"] = facts["phone_typed"]
    if facts.get("group_name"):
        changes["group_name"] = facts["group_name"]
    return changes


def _cleaner(field: Field, context: Context) -> Cleaner | None:
    """Groups a file names and the store does not have yet are made when the import runs."""
    return _group_name if field.name == "group" else None


def _group_name(cell: str) -> str:
    name = " ".join(storable(cell).split())
    if len(name) > LONGEST_GROUP_NAME:
        raise Invalid(f"The group “{name[:40]}…” has more than {LONGEST_GROUP_NAME} characters. Shorten it.")
    return name


def _reserve(store: Store, highest: int) -> None:
    raise_customer_numbers(store_id=store.pk, at_least=highest)


IMPORTER = Importer(
    identifying=("name", *_SAYS_WHO),
    decide=decide_customers,
    write=write_imported,
    presets=PRESETS,
    cleaner=_cleaner,
    numbering="number",
    origin="source",
    reserve=_reserve,
    sample=(
        {
            "first_name": "Ada", "last_name": "Martin", "company": "", "email": "ada@example.com",
            "phone": "+33 6 12 34 56 78", "birthdate": "1985-04-23", "address": "12 rue des Lilas",
            "building": "Bât. B", "city": "Lyon", "region": "", "postcode": "69003",
            "country": "FR", "language": "fr", "group": "Retail",
            "tags": "vip, newsletter", "accepts_marketing": "yes", "note": "Prefers calls in the morning",
            "external_id": "1001",
        },
        {
            "first_name": "Bruno", "last_name": "Costa", "company": "Costa Lda", "email": "bruno@example.com",
            "phone": "+351 912 345 678", "city": "Porto", "country": "PT", "accepts_marketing": "no",
            "external_id": "1002",
        },
    ),
)  # fmt: skip
