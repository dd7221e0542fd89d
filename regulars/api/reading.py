"""Reading requests: parameters, JSON bodies and values, each refused by name when it is not what the catalogue says."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest

from regulars.api.problems import BadBody, UnsupportedMedia
from regulars.kit.errors import Invalid, InvalidRecord, NotAllowed
from regulars.kit.ids import parse_id
from regulars.kit.moments import parse_moment
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.query import DEFAULT_SIZE, SIZES, Query, query_from_params
from regulars.resources.resource import Resource, suggest
from regulars.views.queries import find_view, opened

# What a value of each kind may be in JSON; texts of the other kinds are strings.
_FORMS: dict[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "Write true or false."),
    "number": ((int,), "Write a whole number."),
    "decimal": ((str, int, float), "Write a number, best as a string like “12.50”."),
    "money": ((str, int, float), "Write an amount as a string like “12.50”."),
    "tags": ((list,), "Write a list of strings."),
}
_STRING: tuple[tuple[type, ...], str] = ((str,), "Write a string.")
QUERY_PARAMS = ("where", "q", "tab")
MOST_KEYS = 200


def read_params(request: HttpRequest, allowed: Iterable[str]) -> dict[str, str]:
    """The parameters of the address. One that is unknown or given twice is refused: a misspelt `where` must not mean
    “everything”."""
    known = list(allowed)
    errors = {}
    for name in request.GET:
        if name not in known:
            shown = name.replace("\x00", "")[:60]
            errors[shown] = f"There is no parameter “{shown}”.{suggest(shown, known)}"
        elif len(request.GET.getlist(name)) > 1:
            errors[name] = "Give this once."
    if errors:
        raise InvalidRecord(errors)
    return {name: str(value) for name, value in request.GET.items()}


def read_query(resource: Resource, params: Mapping[str, str], context: Context) -> Query:
    """The query that the parameters of a list ask for. Raises `QueryError` and `Invalid`."""
    asked = dict(params)
    tabs = [tab.name for tab in resource.tabs]
    if "fields" in asked:
        if "columns" in asked:
            raise Invalid("Give columns or fields, not both: they mean the same.", field="fields")
        asked["columns"] = asked.pop("fields")
    if wanted := asked.pop("view", ""):
        view = find_view(store=context.store, actor=context.actor, resource=resource.name, wanted=wanted)
        asked = opened(view=view, given=asked, actor=context.actor)
    asked.setdefault("tab", "all" if "all" in tabs else resource.default_tab)
    if asked["tab"] not in tabs:
        raise Invalid(f"There is no tab “{asked['tab'][:60]}”. Known: {', '.join(tabs)}.", field="tab")
    if asked.get("after") and asked.get("before"):
        raise Invalid("Give after or before, not both.", field="before")
    asked["size"] = str(read_limit(asked.pop("limit", "")))
    return query_from_params(resource, asked, context, strict=True)


def read_limit(text: str) -> int:
    """How many rows are asked for. Raises `Invalid`."""
    if not text:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= SIZES[-1]):
        raise Invalid(f"Give a limit from 1 to {SIZES[-1]}.", field="limit")
    return int(text)


def read_moment(params: Mapping[str, str], name: str) -> datetime | None:
    """A moment of an address, nothing when it is not asked for. Raises `Invalid`."""
    moment = parse_moment(params.get(name, ""))
    if params.get(name) and moment is None:
        raise Invalid("Write a moment like 2026-03-01T10:00:00Z.", field=name)
    return moment


def read_id(params: Mapping[str, str], name: str) -> UUID | None:
    """An id of an address, nothing when it is not asked for. Raises `Invalid`."""
    known = parse_id(params.get(name, ""))
    if params.get(name) and known is None:
        raise Invalid("This is not an id.", field=name)
    return known


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body. Raises `BadBody` and `UnsupportedMedia`."""
    if request.content_type not in ("application/json", ""):
        raise UnsupportedMedia("Send JSON, with “Content-Type: application/json”.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise BadBody(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise BadBody("The body must be a JSON object.")
    if len(body) > MOST_KEYS:  # each unknown one is answered with a guess at what was meant
        raise BadBody(f"The body holds {len(body)} keys; {MOST_KEYS} are the most.")
    return body


def check_keys(body: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Refuse keys of a body that mean nothing, by name."""
    known = list(allowed)
    unknown = [name for name in body if name not in known]
    if unknown:
        raise InvalidRecord(
            {name: f"There is nothing named “{name}”.{suggest(name, known)}" for name in unknown}
        )


def read_values(
    body: Mapping[str, Any], writable: Iterable[Field], visible: Iterable[Field], context: Context
) -> dict[str, Any]:
    """The cleaned values of a body by field name. Raises `InvalidRecord` naming each wrong field, and `NotAllowed`."""
    by_name = {field.name: field for field in writable}
    seen = {field.name: field for field in visible}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    forbidden: list[str] = []
    for name, given in body.items():
        field = by_name.get(name)
        if field is None:
            if name not in seen:
                errors[name] = f"There is no field “{name}”.{suggest(name, by_name)}"
            elif seen[name].editable:
                forbidden.append(name)
            else:
                errors[name] = "This field is computed or kept by Regulars; it cannot be written here."
            continue
        try:
            values[name] = read_value(field, given, context)
        except Invalid as refusal:
            errors[name] = refusal.sentence
    if errors:
        raise InvalidRecord(errors)
    if forbidden:
        raise NotAllowed(f"The role of this token does not include changing {', '.join(forbidden)}.")
    return values


def read_value(field: Field, given: Any, context: Context) -> Any:
    """The stored value of one JSON value; null empties the field. Raises `Invalid`."""
    if given is None:
        return list(field.kind.empty) if isinstance(field.kind.empty, tuple) else field.kind.empty
    return field.clean(read_text(field, given), context)


def read_text(field: Field, given: Any) -> str:
    """A JSON value in the form that people type it. Raises `Invalid` when it is of another type than the field."""
    if getattr(field.kind, "structured", False):
        return orjson.dumps(given).decode()
    types, hint = _FORMS.get(field.kind.name, _STRING)
    if not isinstance(given, types) or (isinstance(given, bool) and bool not in types):
        raise Invalid(hint)
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list):
        if not all(isinstance(one, str) for one in given):
            raise Invalid(hint)
        if any("," in one for one in given):
            raise Invalid("A tag holds no comma: commas part one tag from the next.")
        return ",".join(given)
    return str(given)


def read_flag(body: Mapping[str, Any], name: str) -> bool:
    """A yes or no of a body, no when it is not there. Raises `Invalid`."""
    found = body.get(name, False)
    if not isinstance(found, bool):
        raise Invalid("Write true or false.", field=name)
    return found


def read_string(body: Mapping[str, Any], name: str) -> str:
    """A text of a body, empty when it is not there. Raises `Invalid`."""
    found = body.get(name, "")
    if not isinstance(found, str):
        raise Invalid("Write a string.", field=name)
    return found


def read_ids(found: Any) -> tuple[UUID, ...]:
    """The ids in a body, up to 10,000. Raises `Invalid`."""
    if not isinstance(found, list) or len(found) > 10_000:
        raise Invalid("Give a list of up to 10,000 ids.", field="ids")
    ids = [parse_id(one) if isinstance(one, str) else None for one in found]
    if None in ids:
        raise Invalid("One of these is not an id.", field="ids")
    return tuple(one for one in ids if one is not None)


def read_version(request: HttpRequest, body: Mapping[str, Any]) -> int | None:
    """The version the client was looking at: `If-Match: "3"`, or `version` in the body. Raises `Invalid`."""
    written = request.headers.get("If-Match", "").strip()
    if written and written != "*":
        digits = written.removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise Invalid('Write If-Match with the record\'s version in quotes, like "3".', field="If-Match")
        return int(digits)
    version = body.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int) or version < 0):
        raise Invalid("Write the record's version as a number.", field="version")
    return version
