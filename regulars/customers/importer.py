"""How customers come in from files: who a row is about, and what it would change.

A row is matched by external id, then e-mail; with neither by phone, else by name and company among customers that have
no e-mail and phone (and the same number, if the row gives one). A person may choose other keys and their
order. A row is never guessed onto somebody: two answers, or two that disagree, wait for a person.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import queries
from regulars.customers.choices import State
from regulars.customers.keys import chosen_keys, keys_of, own_keys
from regulars.customers.matching import FORMER, Asked, Row, Stored, match, match_chosen
from regulars.customers.presets import PRESETS
from regulars.customers.rules import AGREEMENTS
from regulars.customers.services.imports import write_imported
from regulars.customers.services.indexes import without_list_indexes
from regulars.kit.email import email_key
from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import (
    Candidate,
    Cleaner,
    Decision,
    Importer,
    Mark,
    Matching,
    Verdict,
)
from regulars.stores.models import Store
from regulars.stores.services import raise_customer_numbers

_SAYS_WHO = ("first_name", "last_name", "company", "email", "phone", "external_id")
_SAY_WHO = frozenset((*_SAYS_WHO, "full_name"))
_NEVER_CHANGED = frozenset({"number", "created_at", "phone_typed", "group_name", "source"})
LONGEST_GROUP_NAME = 80
NOBODY = gettext_noop(
    "Nothing in this row says who the customer is. Give a name, a company, an e-mail or a phone."
)
MATCHED_BY = ("external_id", "email", "phone", "number", "name")
_COLUMNS_OF = {
    "name": ("first_name", "last_name"),
    "phone": ("phone", "phone_typed"),
    "group": ("group_id", "group_name"),
}


def decide_customers(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing."""
    groups = {group.name.casefold(): group.pk for group in queries.groups_of(store=store)}
    facts = [_facts(candidate.values, groups) for candidate in candidates]
    stored = Stored(store, facts, matching.match)
    decisions = [
        _decide(one, stored, Asked(matching, candidate.choice), context)
        for one, candidate in zip(facts, candidates, strict=True)
    ]
    numbered = [one for one in decisions if one.verdict is Verdict.NEW and one.values.get("number")]
    taken = queries.numbers_taken(store=store, numbers=[one.values["number"] for one in numbered])
    for one in numbered:
        number = one.values["number"]
        one.own += (f"number:{number}",)
        if number in taken:
            one.verdict, one.field = Verdict.FAILED, "number"
            one.sentence = _(
                "Another customer has the number %(number)s. Leave it empty to be given the next free one."
            ) % {"number": number}
        else:
            one.known_by += (f"number:{number}",)
    return decisions


def _facts(values: Mapping[str, Any], groups: Mapping[str, UUID]) -> dict[str, Any]:
    """The columns a row fills. A full name is kept as `full_name` until it is known whose it is."""
    facts = {name: value for name, value in values.items() if value or value not in (None, "", [])}
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


def _decide(facts: dict[str, Any], stored: Stored, asked: Asked, context: Context) -> Decision:
    says_who = not _SAY_WHO.isdisjoint(facts)
    if not says_who and not chosen_keys(facts, asked.matching.match):
        return _no("", _(NOBODY))
    if (born := facts.get("birthdate")) and born > context.today:
        return _no(
            "birthdate",
            _("The birthdate %(day)s lies in the future. Write the right year.") % {"day": born.isoformat()},
        )
    if (created := facts.get("created_at")) and created > context.now + timedelta(days=1):
        return _no(
            "created",
            _("The date %(day)s lies in the future. Write the right year.")
            % {"day": created.date().isoformat()},
        )
    own = own_keys(facts, stored, asked.matching.match)
    found = match_chosen(facts, stored, asked) if asked.matching.match else match(facts, stored, asked)
    if isinstance(found, Decision):
        found.own = own
        return found
    if found is None:
        return _new(facts, own, asked) if says_who else _no("", _(NOBODY), own)
    own += (f"customer:{found['id']}",)  # two rows may find one customer by different keys
    if found["state"] == State.ANONYMISED:
        return _no(
            "",
            _("This person was anonymised; their data must not come back. Take the row out of the file."),
        )
    changes = _changes(facts, found)
    before = {name: found.get(name) for name in changes}
    if "group_name" in changes:  # a group that is made on the way takes the place of the one there was
        before |= {"group_id": found["group_id"], "group_name": str(found["group_id"] or "")}
    after = {**found, **changes}
    if "email" in changes:
        after["email_key"] = facts["email_key"]
    keys = (*keys_of(found, asked.matching.match), *keys_of(after, asked.matching.match), own[-1])
    return Decision(
        Verdict.CHANGED if changes else Verdict.SAME,
        own,
        tuple(dict.fromkeys(keys)),
        values=changes,
        before=before,
        record_id=found["id"],
        version=found["version"],
        found=_marks(found),
    )


def _new(facts: dict[str, Any], own: tuple[str, ...], asked: Asked) -> Decision:
    if full := facts.pop("full_name", ""):
        facts["first_name"], facts["last_name"] = _split(full)
    return Decision(Verdict.NEW, own, keys_of(facts, asked.matching.match), values=facts)


def _marks(row: Row) -> tuple[Mark, ...]:
    marks = []
    if row["state"] == State.ARCHIVED:
        marks.append(Mark.ARCHIVED)
    elif row["state"] == State.INACTIVE:
        marks.append(Mark.INACTIVE)
    if row["blocked"]:
        marks.append(Mark.BLOCKED)
    if row.get(FORMER):
        marks.append(Mark.MERGED)
    return tuple(marks)


def _no(field: str, sentence: str, own: tuple[str, ...] = ()) -> Decision:
    return Decision(Verdict.FAILED, own, field=field, sentence=sentence)


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
    for name in AGREEMENTS:
        if changes.get(name):
            del changes[name]
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
        raise Invalid(
            _("The group “%(name)s…” has more than %(longest_group_name)s characters. Shorten it.")
            % {"name": name[:40], "longest_group_name": LONGEST_GROUP_NAME}
        )
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
    matched_by=MATCHED_BY,
    columns_of=lambda name: _COLUMNS_OF.get(name, (name,)),
    revived={"state": str(State.ACTIVE)},
    around=lambda store, rows: without_list_indexes(rows),
    ahead=True,
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
