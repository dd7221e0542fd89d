"""The catalogue as JSON Schema: what OpenAPI says of records, bodies, parameters and problems."""

from collections.abc import Iterable, Sequence
from typing import Any

from regulars.resources.action import Action
from regulars.resources.field import Field
from regulars.resources.query import DEFAULT_SIZE, SIZES
from regulars.resources.resource import Resource

Schema = dict[str, Any]
_READ: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "number": {"type": ["integer", "null"]},
    "decimal": {"type": ["string", "null"], "examples": ["12.50"]},
    "money": {"type": ["string", "null"], "examples": ["412.50"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "reference": {"type": ["string", "null"]},
}
_WRITE: dict[str, Schema] = {
    "boolean": {"type": ["boolean", "null"]},
    "number": {"type": ["integer", "null"]},
    "decimal": {"type": ["string", "number", "null"], "examples": ["12.50"]},
    "money": {"type": ["string", "number", "null"], "examples": ["412.50"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "tags": {"type": ["array", "null"], "items": {"type": "string"}, "examples": [["vip", "repair"]]},
    "email": {"type": ["string", "null"], "examples": ["ada@example.com"]},
    "phone": {"type": ["string", "null"], "examples": ["+33 6 12 34 56 78"]},
}
_MONEY = "An amount in the currency of the store, as a decimal string."
_HINTS = {
    "money": _MONEY,
    "phone": "Read in E.164, like +33612345678; written in any form, national ones as of the store's country.",
    "datetime": "With its offset; without one it is read in the store's time zone.",
    "choice": "",
}
_AMOUNT: Schema = {"type": ["string", "number", "null"], "examples": ["9.99"]}
_BILLED: Schema = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string"},
        "sku": {"type": "string"},
        "quantity": _AMOUNT,
        "price": _AMOUNT,
        "discount": _AMOUNT,
        "tax_percent": _AMOUNT,
        "amount": {"type": "string", "description": "Quantity times price less the discount; computed."},
    },
}
_READ["lines"] = {"type": "array", "items": _BILLED}
_WRITE["lines"] = {"type": ["array", "null"], "items": _BILLED}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CODE_LISTS = {"state", "flag", "life_stage"}


def described(field: Field) -> str:
    """The label and what else a client has to know."""
    hint = _HINTS.get(field.kind.name, "")
    return " ".join(part for part in (f"{field.label}.", str(field.help), hint) if part)


def enum_of(field: Field) -> list[str]:
    """The values of a short fixed list; countries, languages and the store's own lists stay open."""
    return [value for value, _ in field.choices_for(None)] if field.name in CODE_LISTS else []  # type: ignore[arg-type]


def read_schema(field: Field) -> Schema:
    """What the API gives for a field."""
    schema = dict(_READ.get(field.kind.name, {"type": "string"}))
    if enum := enum_of(field):
        schema["enum"] = enum
    return schema | {"title": str(field.label), "description": described(field)}


def write_schema(field: Field) -> Schema:
    """What the API takes for a field; null empties it."""
    schema = dict(_WRITE.get(field.kind.name, {"type": ["string", "null"]}))
    longest = getattr(field.kind, "max_length", None)
    if longest and "string" in schema["type"]:
        schema["maxLength"] = longest
    return schema | {"title": str(field.label), "description": described(field)}


def record_schema(resource: Resource) -> Schema:
    """One record as the API gives it; fields that the token's role may not see are absent."""
    properties: Schema = {
        "id": UUID,
        "version": {
            "type": "integer",
            "description": "Counts the changes; send it back in If-Match when you edit.",
        },
        "currency": {"type": "string", "description": "Of all amounts in this record."},
    }
    properties |= {field.name: read_schema(field) for field in resource.all_fields()}
    return {"type": "object", "required": ["id"], "properties": properties}


def create_schema(resource: Resource) -> Schema:
    """The body of a new record."""
    return _object({field.name: write_schema(field) for field in resource.all_fields() if field.creatable})


def edit_schema(resource: Resource) -> Schema:
    """The body of a change: only the fields to change."""
    properties = {field.name: write_schema(field) for field in resource.all_fields() if field.editable}
    version = {"type": ["integer", "null"], "minimum": 0, "description": "Instead of the header If-Match."}
    return _object(properties | {"version": version})


def act_schema(resource: Resource) -> Schema:
    """The body of an action: which records, what it asks, and whether to count only."""
    asked: dict[str, Field] = {one.name: one for action in resource.all_actions() for one in action.inputs}
    inputs = {name: write_schema(field) for name, field in asked.items()}
    return _object(
        {
            "ids": {"type": "array", "items": UUID, "maxItems": 10_000, "description": "These records."},
            "where": {
                "type": "string",
                "description": "Or every record that matches this query; “” means all.",
            },
            "q": {"type": "string", "description": "Or every record that this search finds."},
            "tab": {"type": "string", "enum": [tab.name for tab in resource.tabs]},
            "inputs": {
                "type": "object",
                "properties": inputs,
                "description": _inputs_text(resource.all_actions()),
            },
            "dry_run": {
                "type": "boolean",
                "default": False,
                "description": "Count the records and write nothing.",
            },
        }
    )


def _inputs_text(actions: Iterable[Action]) -> str:
    lines = [
        f"{action.name}: {', '.join(one.name for one in action.inputs)}"
        for action in actions
        if action.inputs
    ]
    return f"What the action asks. {'; '.join(lines)}."


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def list_of(name: str) -> Schema:
    """A page of records."""
    link = {"type": ["string", "null"], "description": "The address of this page; null where there is none."}
    count = {
        "type": "object",
        "required": ["value", "exact"],
        "properties": {"value": {"type": "integer"}, "exact": {"type": "boolean"}},
        "description": "How many match; beyond 10,000 it is an estimate, and then not exact.",
    }
    items = {"type": "array", "items": ref(name)}
    return {
        "type": "object",
        "required": ["items", "next", "previous", "count"],
        "properties": {"items": items, "next": link, "previous": link, "count": count},
    }


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def json_body(schema: Schema) -> Schema:
    """The request body of an operation."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def answers(
    status: int,
    schema: Schema,
    what: str,
    *,
    also: dict[int, str] | None = None,
    types: Sequence[str] = ("application/json",),
) -> Schema:
    """The good answers, alike but for their status and type, and the problems that any request may get."""
    content = {one: {"schema": schema} for one in types} if schema else {}
    bad = {"content": {"application/problem+json": {"schema": ref("Problem")}}}
    problems = {
        400: "The request cannot be read.",
        401: "No token, or one that does not work (any more).",
        403: "The role of the token does not include this.",
        404: "Not in this store.",
        409: "A rule of the store says no, or somebody else changed the same fields.",
        413: "The body is too large.",
        415: "The body is of another type.",
        422: "A value cannot be accepted; `errors` names each.",
    }
    good = {status: what} | (also or {})
    responses: dict[int, Schema] = {
        code: {"description": text} | ({"content": content} if content else {}) for code, text in good.items()
    }
    responses |= {code: {"description": text, **bad} for code, text in problems.items()}
    return {"responses": responses}


def parameters(*names: str) -> list[Schema]:
    """The query parameters of these names."""
    return [
        {"in": "query", "name": name, "required": False, "schema": schema, "description": text}
        for name, (schema, text) in _PARAMETERS.items()
        if name in names
    ]


_TEXT: Schema = {"type": "string"}
_PARAMETERS: dict[str, tuple[Schema, str]] = {
    "where": (_TEXT, "Conditions in the query language, like `country = FR and spent > 200`."),
    "q": (_TEXT, "Search words, as in the search box of the desk."),
    "tab": (_TEXT, "A tab of the desk's list; without it every record is meant."),
    "view": (_TEXT, "A saved view, by id or name; what is given besides goes before what it says."),
    "sort": (_TEXT, "A field to sort by; `-spent` sorts downwards."),
    "columns": (_TEXT, "The fields to give, parted by commas; without it all that the role may see."),
    "fields": (_TEXT, "The same as columns."),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": SIZES[-1], "default": DEFAULT_SIZE},
        "How many on one page.",
    ),
    "after": (_TEXT, "The cursor in the address of the next page."),
    "before": (_TEXT, "The cursor in the address of the previous page."),
    "until": (MOMENT, "Only what happened before this moment."),
}
IDEMPOTENCY_KEY: Schema = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "A repeated request with the same key is carried out once and answered as the first time.",
}
IF_MATCH: Schema = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "The version that was read: what others changed since is kept, a field changed twice is a 409",
}

COMPONENTS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {
                "type": "string",
                "description": "For machines: not_found, email_taken, edit_conflict, query …",
            },
            "detail": {"type": "string", "description": "For people: what is wrong and how to write it."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {"field": _TEXT, "message": _TEXT},
                },
            },
        },
    },
    "Event": {
        "type": "object",
        "properties": {
            "id": UUID,
            "kind": _TEXT,
            "sentence": _TEXT,
            "at": MOMENT,
            "actor": _TEXT,
            "actor_kind": _TEXT,
            "surface": _TEXT,
            "version": {"type": "integer"},
            "before": {"type": "object"},
            "after": {"type": "object"},
        },
    },
    "Note": {
        "type": "object",
        "properties": {
            "id": UUID,
            "body": _TEXT,
            "author": _TEXT,
            "pinned": {"type": "boolean"},
            "created": MOMENT,
            "edited": {"type": ["string", "null"], "format": "date-time"},
        },
    },
    "Group": {"type": "object", "properties": {"id": UUID, "name": _TEXT}},
    "Performed": {
        "type": "object",
        "required": ["matched", "done", "skipped"],
        "properties": {
            "matched": {"type": "integer"},
            "done": {"type": "integer"},
            "skipped": {"type": "integer"},
            "reasons": {
                "type": "array",
                "items": {"type": "object", "properties": {"id": UUID, "reason": _TEXT}},
            },
            "run": {"anyOf": [ref("Run"), {"type": "null"}]},
            "change_set": {
                "anyOf": [UUID, {"type": "null"}],
                "description": "What to undo: POST /changes/{id}/undo.",
            },
            "preview": {
                "type": "array",
                "items": _TEXT,
                "description": "Of a dry run: what exactly would happen.",
            },
            "irreversible": {"type": "boolean"},
            "said": {
                "type": "array",
                "items": {"type": "object", "properties": {"id": UUID, "text": _TEXT}},
                "description": "What is told this once and kept nowhere: a temporary password, a link.",
            },
        },
    },
    "Run": {
        "type": "object",
        "properties": {
            "id": UUID,
            "url": _TEXT,
            "kind": _TEXT,
            "state": {
                "type": "string",
                "enum": ["held", "waiting", "running", "done", "failed", "cancelled"],
            },
            "done": {"type": "integer"},
            "total": {"type": "integer"},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "message": _TEXT,
            "created": MOMENT,
            "finished": {"type": ["string", "null"], "format": "date-time"},
        },
    },
}
