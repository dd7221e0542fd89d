"""Who a row of a file is about: the customers that a batch may mean, and which of them, nobody, or why that cannot be
said. A row is never guessed onto somebody: two answers, or two that disagree, wait for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import queries
from regulars.customers.former import survivors_by
from regulars.customers.rules import EDITABLE
from regulars.kit.text import fold
from regulars.resources.importer import APART, Decision, Matching, Option, Verdict
from regulars.stores.models import Store

Row = Mapping[str, Any]
COMPARED = ("id", "number", "version", "state", "blocked", *EDITABLE, "email_key", "name_key", "company_key")
FORMER = "former"
SAME_PERSON, IS = "same", "is:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person chose about matching: for the whole file, and for this row."""

    matching: Matching
    choice: str

    @property
    def shared_mail(self) -> str:
        """What somebody of another name with the same e-mail is."""
        return self.choice if self.choice in (APART, SAME_PERSON) else self.matching.shared_mail


class Stored:
    """The customers that rows of a batch may be about, found with one question per kind of key."""

    def __init__(self, store: Store, facts: Sequence[dict[str, Any]], match: tuple[str, ...]) -> None:
        self._store = store
        if match:
            self._load_chosen(facts, match)
            return
        self.by_external_id = self._one_by("external_id", (one.get("external_id") for one in facts))
        self.by_email = self._one_by("email_key", (one.get("email_key") for one in facts))
        unnamed = [one for one in facts if not one.get("external_id") and not one.get("email")]
        self.by_phone = self._many_by("phone", (one.get("phone") for one in unnamed))
        nameless = [one for one in unnamed if not one.get("phone")]
        self.by_name = self._many_by("name_key", (name_key_of(one) for one in nameless), without_contact=True)

    def _load_chosen(self, facts: Sequence[dict[str, Any]], match: tuple[str, ...]) -> None:
        """What the chosen keys ask for, and who has the ids and e-mails of the rows: they are one person's."""
        self.by_external_id = self._one_by("external_id", (one.get("external_id") for one in facts))
        self.by_email = self._one_by("email_key", (one.get("email_key") for one in facts))
        phones = [one.get("phone") for one in facts] if "phone" in match else []
        self.by_phone = self._many_by("phone", phones)
        names = [name_key_of(one) for one in facts] if "name" in match else []
        self.by_name = self._many_by("name_key", names)
        numbers = [one["number"] for one in facts if one.get("number")] if "number" in match else []
        rows = queries.existing_by_number(store=self._store, numbers=numbers, wanted=COMPARED)
        self.by_number = {row["number"]: row for row in rows}

    def _one_by(self, column: str, keys: Iterable[str | None]) -> dict[str, Row]:
        """The customer of each key; of a key that belonged to a merged customer, the one it lives on in."""
        wanted = [key for key in keys if key]
        found: dict[str, Row] = {row[column]: row for row in self._load(column, wanted)}
        missing = [key for key in wanted if key not in found]
        survivors = survivors_by(store=self._store, column=column, keys=missing)
        if survivors:
            ids = {
                row["id"]: row
                for row in queries.existing_by_id(store=self._store, ids=survivors.values(), wanted=COMPARED)
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
            store=self._store, column=column, keys=wanted, wanted=COMPARED, without_contact=without_contact
        )


def name_key_of(facts: Row) -> str:
    if "full_name" in facts:
        return fold(facts["full_name"])
    return fold(f"{facts.get('first_name', '')} {facts.get('last_name', '')}")


def _clash(field: str, sentence: str, rows: Sequence[Row], *more: Option) -> Decision:
    """What a person has to decide: which of these customers the row is about, or something else."""
    each = [
        Option(
            f"{IS}{row['id']}",
            _("Customer %(row)s: %(called)s") % {"row": row["number"], "called": _called(row)},
        )
        for row in rows[:5]
    ]
    return Decision(Verdict.CLASH, field=field, sentence=sentence, options=(*each, *more))


def _called(row: Row) -> str:
    name = f"{row['first_name']} {row['last_name']}".strip() or row["company"] or row["email"] or row["phone"]
    return str(name)[:80]


def match(facts: dict[str, Any], stored: Stored, asked: Asked) -> Row | Decision | None:
    """The customer a row is about, nobody, or why that cannot be said."""
    external_id, email = facts.get("external_id"), facts.get("email")
    if external_id or email:
        by_id = stored.by_external_id.get(external_id) if external_id else None
        by_email = stored.by_email.get(facts["email_key"]) if email else None
        if by_id and by_email and by_id["id"] != by_email["id"]:
            if asked.choice == f"{IS}{by_id['id']}":
                return without(facts, by_id, "email", "email_key")
            if asked.choice == f"{IS}{by_email['id']}":
                return without(facts, by_email, "external_id")
            return _clash(
                "email",
                _(
                    "The external id belongs to customer %(by_id)s, the e-mail to customer "
                    "%(by_email)s. Say who it is, correct one of them, or merge the two customers "
                    "first."
                )
                % {"by_id": by_id["number"], "by_email": by_email["number"]},
                [by_id, by_email],
            )
        if by_id and not by_email and _is_somebody_else(facts, by_id):
            if asked.choice == APART:
                return without(facts, None, "external_id")
            if asked.choice == SAME_PERSON:
                return by_id
            return _clash(
                "external_id",
                _(
                    "The external id belongs to customer %(by_id)s, who came from “%(by_id2)s” with "
                    "another name and e-mail. Ids of different systems mean different people: leave "
                    "the external id empty."
                )
                % {"by_id": by_id["number"], "by_id2": by_id["source"][:60]},
                [],
                Option(APART, _("Another person: add them without the external id")),
                Option(SAME_PERSON, _("The same person")),
            )
        if by_email and not by_id and external_id and by_email["external_id"]:
            if asked.choice == SAME_PERSON:
                return without(facts, by_email, "external_id")
            if asked.choice == APART:
                return without(facts, None, "email", "email_key")
            return _clash(
                "external_id",
                _(
                    "The customer with this e-mail (%(by_email)s) has the external id "
                    "“%(by_email2)s”, not “%(external_id)s”. Leave the external id empty to change "
                    "this customer, or the e-mail to add another."
                )
                % {
                    "by_email": by_email["number"],
                    "by_email2": by_email["external_id"][:60],
                    "external_id": external_id[:60],
                },
                [],
                Option(SAME_PERSON, _("The same person: keep the external id that is there")),
                Option(APART, _("Another person: add them without the e-mail")),
            )
        if by_email and not by_id and (settled := _shared_mail(facts, by_email, asked)) is not by_email:
            return settled
        if by_id and by_email:
            return {**by_id, FORMER: (*by_id.get(FORMER, ()), *by_email.get(FORMER, ()))}
        return by_id or by_email
    if phone := facts.get("phone"):
        return _only_one(stored.by_phone.get(phone, []), facts, "phone", _("this phone"), asked)
    named = [row for row in stored.by_name.get(name_key_of(facts), []) if _fits_company(facts, row)]
    return _only_one(named, facts, "", _("this name and no e-mail or phone"), asked)


def match_chosen(facts: dict[str, Any], stored: Stored, asked: Asked) -> Row | Decision | None:
    """The customer a row is about by the keys a person chose: the first one that finds somebody decides."""
    found = _first_found(facts, stored, asked)
    if isinstance(found, Decision):
        return found
    holders = [
        (name, key, holder)
        for name, key, holder in (
            ("external_id", "external_id", stored.by_external_id.get(facts.get("external_id", ""))),
            ("email", "email_key", stored.by_email.get(facts.get("email_key", ""))),
        )
        if holder is not None
    ]
    found = next((one for _name, _key, one in holders if asked.choice == f"{IS}{one['id']}"), found)
    chosen = found is not None and asked.choice == f"{IS}{found['id']}"
    for name, key, holder in holders:
        if found is not None and holder["id"] == found["id"]:
            # A key of a merged customer does not take the place of today's.
            found = {**found, FORMER: (*found.get(FORMER, ()), *holder.get(FORMER, ()))}
        elif chosen or asked.choice == APART:
            # What belongs to somebody else is left out.
            without(facts, None, name, key)
        else:
            label = _("external id") if name == "external_id" else _("e-mail")
            return _clash(
                name,
                _("The %(label)s of this row belongs to customer %(holder)s (%(called)s).")
                % {"label": label, "holder": holder["number"], "called": _called(holder)},
                [holder],
                Option(APART, _("Leave the %(label)s out") % {"label": label}),
            )
    return found


def _first_found(facts: dict[str, Any], stored: Stored, asked: Asked) -> Row | Decision | None:
    for key in asked.matching.match:
        rows = found_by(key, facts, stored)
        if rows and key == "email":
            return _shared_mail(facts, rows[0], asked)
        if rows:
            return _only_one(rows, facts, key, _("this %(field)s") % {"field": _(_FIELDS[key])}, asked)
    return None


_FIELDS = {
    "external_id": gettext_noop("external id"),
    "email": gettext_noop("e-mail"),
    "phone": gettext_noop("phone"),
    "number": gettext_noop("number"),
    "name": gettext_noop("name"),
}


def found_by(key: str, facts: Row, stored: Stored) -> list[Row]:
    """The customers that one of the keys a person chose finds for a row."""
    if key == "phone":
        return stored.by_phone.get(facts.get("phone", ""), [])
    if key == "name":
        name = name_key_of(facts)
        return stored.by_name.get(name, []) if name else []
    one = {
        "external_id": stored.by_external_id.get(facts.get("external_id", "")),
        "email": stored.by_email.get(facts.get("email_key", "")),
        "number": stored.by_number.get(facts.get("number", 0)) if key == "number" else None,
    }[key]
    return [] if one is None else [one]


def _shared_mail(facts: dict[str, Any], row: Row, asked: Asked) -> Row | Decision | None:
    """Two people of a family may share an e-mail: they are not made one silently."""
    if asked.choice != APART and (
        asked.shared_mail == SAME_PERSON or row.get(FORMER) or not _is_named_otherwise(facts, row)
    ):
        return row
    if asked.shared_mail == APART:
        return without(facts, None, "email", "email_key")
    return _clash(
        "email",
        _("Customer %(row)s (%(called)s) has this e-mail, but another name. Is it the same person?")
        % {"row": row["number"], "called": _called(row)},
        [],
        Option(SAME_PERSON, _("The same person: change the name")),
        Option(APART, _("Another person: add them without the e-mail")),
    )


def _is_named_otherwise(facts: Row, row: Row) -> bool:
    """No word of the one name is in the other. A new surname or a short form is the same person."""
    new, known = set(name_key_of(facts).split()), set(row["name_key"].split())
    return bool(new and known) and not new & known


def without(facts: dict[str, Any], row: Row | None, *names: str) -> Row | None:
    """The settled answer, with what belongs to somebody else taken out of the row."""
    for name in names:
        facts.pop(name, None)
    return row


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


def _only_one(rows: list[Row], facts: Row, field: str, what: str, asked: Asked) -> Row | Decision | None:
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
        if asked.choice == APART:
            return None
        chosen = [row for row in rows if asked.choice == f"{IS}{row['id']}"]
        if chosen:
            return chosen[0]
        numbers = ", ".join(str(row["number"]) for row in rows[:5])
        return _clash(
            field,
            _(
                "%(count)s customers have %(what)s: %(numbers)s. Add an e-mail or an external id to say which one."
            )
            % {"count": len(rows), "what": what, "numbers": numbers},
            rows,
            Option(APART, _("Another person: add them")),
        )
    return rows[0] if rows else None
