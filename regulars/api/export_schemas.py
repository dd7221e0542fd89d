"""Exports as JSON Schema, for OpenAPI."""

from regulars.api.schemas import MOMENT, UUID, Schema
from regulars.transfers.choices import ExportState, Scope
from regulars.transfers.writing import FORMATS

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
_FORMAT: Schema = {"type": "string", "enum": list(FORMATS), "default": "csv"}
COMPONENTS: Schema = {
    "ExportAsked": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "resource": {"type": "string", "default": "customers"},
            "ids": {"type": "array", "items": UUID, "maxItems": 10_000, "description": "These records."},
            "where": {"type": "string", "description": "Or every record that matches this query."},
            "q": {"type": "string", "description": "Or every record that this search finds."},
            "tab": _TEXT,
            "view": {"type": "string", "description": "A saved view, by id or name."},
            "sort": {"type": "string", "description": "A field to sort by; `-spent` sorts downwards."},
            "columns": _TEXTS
            | {"description": "The fields, in this order; without it all the role may see."},
            "preset": {"type": "string", "description": "Headers of another system, like shopify."},
            "format": _FORMAT,
            "byte_order_mark": {"type": "boolean", "default": False, "description": "For Excel."},
            "reason": {"type": "string", "maxLength": 500, "description": "For the ledger."},
        },
    },
    "Export": {
        "type": "object",
        "required": ["id", "url", "state", "file"],
        "properties": {
            "id": UUID,
            "url": _TEXT,
            "resource": _TEXT,
            "scope": {"type": "string", "enum": Scope.values},
            "filter": {"type": "string", "description": "Which records, in words."},
            "query": {"type": "object"},
            "columns": _TEXTS | {"description": "The fields whose values are in the file."},
            "preset": _TEXT,
            "format": _FORMAT,
            "reason": _TEXT,
            "state": {"type": "string", "enum": ExportState.values},
            "done": _COUNT,
            "total": _COUNT,
            "message": _TEXT,
            "run": {"type": ["string", "null"]},
            "rows": _COUNT,
            "size": _COUNT,
            "sha256": _TEXT,
            "file": {
                "type": ["string", "null"],
                "description": "Where the file is fetched, once it is ready.",
            },
            "fetched": _COUNT,
            "by": {"type": "object"},
            "created": MOMENT,
            "finished": _MOMENT,
            "expires": _MOMENT,
        },
    },
}
