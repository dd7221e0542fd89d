"""The keys by which rows of a file and customers are about each other: as short texts, the same for both.

A row that looks for a key which an earlier row of its file has given to somebody, or taken from them, is about what
that row does. A row's own keys are all it looks for: so a check, which writes nothing, finds the same pairs as a run.
"""

from regulars.customers.matching import Row, Stored, found_by, name_key_of
from regulars.kit.text import fold


def own_keys(facts: Row, stored: Stored, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """All keys that are looked for to find out whose a row is, in that order. Who has its external id and its e-mail is
    always looked for, as these are one person's."""
    if chosen:
        keys = chosen_keys(facts, chosen)
        until = next((at for at, name in enumerate(keys, 1) if found_by(name, facts, stored)), len(keys))
        return tuple(dict.fromkeys((*list(keys.values())[:until], *_unique(facts))))
    if unique := _unique(facts):
        return unique
    return (_numbered(_shared(facts), facts),)


def chosen_keys(facts: Row, chosen: tuple[str, ...]) -> dict[str, str]:
    """Those of the keys a person chose that the row has, by their names and in their order."""
    keys = {
        "external_id": f"id:{facts.get('external_id') or ''}",
        "email": f"mail:{facts.get('email_key') or ''}",
        "phone": f"phone:{facts.get('phone') or ''}",
        "number": f"number:{facts.get('number') or ''}",
        "name": f"named:{name_key_of(facts)}",
    }
    return {name: keys[name] for name in chosen if not keys[name].endswith(":")}


def keys_of(row: Row, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The keys by which any row finds this customer: by those a person chose, else by all of ours."""
    if chosen:
        return tuple(dict.fromkeys((*chosen_keys(row, chosen).values(), *_unique(row))))
    shared = _shared(row) if row.get("phone") or not row.get("email") else ""
    if not shared:
        return _unique(row)
    return tuple(dict.fromkeys((*_unique(row), shared, _numbered(shared, row))))


def _unique(row: Row) -> tuple[str, ...]:
    keys: tuple[str, ...] = (f"id:{row['external_id']}",) if row.get("external_id") else ()
    return (*keys, f"mail:{row['email_key']}") if row.get("email_key") else keys


def _shared(row: Row) -> str:
    """What several customers may have in common: a phone, else the name and company of who has no e-mail either."""
    if phone := row.get("phone"):
        return f"phone:{phone}"
    return f"name:{name_key_of(row)}|{fold(row.get('company') or '')}"


def _numbered(key: str, row: Row) -> str:
    """A phone or a name with a number beside it means the customer of that number only."""
    return f"{key}#{row['number']}" if row.get("number") else key
