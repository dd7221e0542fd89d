"""What OpenAPI says of imports, their rows and profiles."""

from collections.abc import Iterable
from typing import Any

from regulars.api import schemas
from regulars.resources.importer import Mark, Verdict
from regulars.transfers.choices import ImportState
from regulars.transfers.plan import FOUND, MODES, POLICIES, SHARED_MAIL, TWINS
from regulars.transfers.steps import STEPS

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}
_VALUES: dict[str, Any] = {"type": ["object", "null"], "description": "By name of field."}
FILE_TYPES = (
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/jsonl",
    "application/x-ndjson",
    "application/zip",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/octet-stream",
)
_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_PLAN_TEXT: dict[str, Any] = {"type": "string", "description": "An ImportPlan as JSON."}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _one_of(choices: Iterable[Any], what: str) -> dict[str, Any]:
    return {"type": "string", "enum": [str(one) for one in choices], "description": what}


def _each_of(choices: Iterable[Any], what: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": {"type": "string", "enum": [str(one) for one in choices]},
        "description": what,
    }


PLAN = _object(
    {
        "columns": _TEXTS | {"description": "A field per header; “” leaves a column out."},
        "steps": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _TEXTS},
            "description": f"What is done to the cells of a column first: {', '.join(STEPS)}.",
        },
        "defaults": _TEXTS | {"description": "What empty cells get, by field."},
        "tags": {"type": "string", "description": "Tags for every row, parted by commas."},
        "phone_country": {"type": "string", "description": "Whose national phone numbers are, like FR."},
        "mode": _one_of(MODES, "Add, change, or both."),
        "match": {
            "type": "array",
            "items": _TEXT,
            "description": "The fields a row is looked for by, in order.",
        },
        "policies": _each_of(POLICIES, "By field: what becomes of a value that is there."),
        "twins": _one_of(TWINS, "What rows about the same one do."),
        "found": _each_of(FOUND, f"What a match does that is {', '.join(Mark)}."),
        "shared_mail": _one_of(SHARED_MAIL, "What somebody with a stored e-mail and another name is."),
        "reading": _TEXTS | {"description": "How the file is read: header_row."},
    }
)
ROW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "line": {"type": "integer"},
        "verdict": _one_of(Verdict, "What becomes of it."),
        "record": {"type": ["string", "null"], "format": "uuid"},
        "before": _VALUES,
        "after": _VALUES,
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"column": _TEXT, "value": _TEXT, "message": _TEXT},
            },
        },
        "options": {
            "type": "array",
            "items": {"type": "object", "properties": {"value": _TEXT, "label": _TEXT}},
            "description": "How a clash can be settled; “skip” always can.",
        },
        "choice": _TEXT,
        "edited": {"type": "boolean"},
        "cells": _TEXTS | {"description": "The cells of the file by header."},
    },
}
ROWS = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": ROW},
        "next": {"type": ["string", "null"], "description": "The address of the next page."},
    },
}
PROFILE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": schemas.UUID,
        "name": _TEXT,
        "resource": _TEXT,
        "plan": schemas.ref("ImportPlan"),
        "owner": _TEXT,
        "created": schemas.MOMENT,
        "used": schemas.MOMENT,
    },
}
IMPORT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": schemas.UUID,
        "url": _TEXT,
        "resource": _TEXT,
        "file_name": _TEXT,
        "format": _TEXT,
        "layout": {"type": "string", "description": "Encoding and delimiter in words."},
        "preset": {"type": "string", "description": "The system the file was recognised as."},
        "sheets": {"type": "array", "items": _TEXT},
        "sheet": _TEXT,
        "notes": {"type": "array", "items": _TEXT, "description": "What was noticed while reading."},
        "state": _one_of(ImportState, "Where it stands."),
        "counts": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "Rows by verdict, and the total so far.",
        },
        "done": {"type": "integer"},
        "total": {"type": "integer"},
        "message": _TEXT,
        "run": {"type": ["string", "null"]},
        "change_set": {
            "type": ["string", "null"],
            "format": "uuid",
            "description": "What to undo, once it is written: POST /changes/{id}/undo.",
        },
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "header": _TEXT,
                    "field": {"type": "string", "description": "“” when it is left out."},
                    "reason": _TEXT,
                    "samples": {"type": "array", "items": _TEXT},
                },
            },
        },
        "plan": schemas.ref("ImportPlan"),
        "profile": _TEXT,
        "effects": {"type": "array", "items": _TEXT, "description": "What else the run would cause."},
        "failures": {"type": "array", "items": {"type": "object"}},
        "failed_rows": _TEXT,
        "rows": _TEXT,
        "actor": _TEXT,
        "created": schemas.MOMENT,
        "finished": {"type": ["string", "null"], "format": "date-time"},
    },
}
COMPONENTS: dict[str, Any] = {
    "Import": IMPORT,
    "ImportPlan": PLAN,
    "ImportRow": ROW,
    "ImportProfile": PROFILE,
}

LISTED = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": schemas.ref("Import")},
        "next": {"type": ["string", "null"], "description": "The address of the next page."},
    },
}
PROFILES = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": schemas.ref("ImportProfile")}},
}
BROUGHT = {
    "requestBody": {
        "required": True,
        "content": {
            **{name: {"schema": _TEXT if name.startswith("text/") else _FILE} for name in FILE_TYPES},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": _FILE, "plan": _PLAN_TEXT},
                }
            },
            "application/json": {
                "schema": _object(
                    {
                        "url": {
                            "type": "string",
                            "description": "Where the file is: a public address with https:// or http://.",
                        },
                        "plan": schemas.ref("ImportPlan"),
                    },
                    "url",
                )
            },
        },
    }
}
CELLS: dict[str, Any] = _object(
    {
        "cells": _TEXTS | {"description": "Other cells, by header; the row is checked anew."},
        "choice": {
            "type": "string",
            "description": "Or an answer: an option, “skip”, or “” to take it back.",
        },
    }
)
SETTLE = _object(
    {"verdict": _one_of(Verdict, "Which rows."), "choice": {"type": "string", "description": "The answer."}},
    "verdict",
    "choice",
)
SETTLED: dict[str, Any] = {"type": "object", "properties": {"settled": {"type": "integer"}}}
NAME = _object({"name": {"type": "string", "minLength": 1, "maxLength": 80}}, "name")
SHEET = _object({"sheet": _TEXT}, "sheet")
LIST_PARAMS = {"before": "The id of the import before which the page ends: the last one of the page before."}
START_PARAMS = {
    "resource": "What the file holds; customers by default.",
    "filename": "For people.",
    "wait": "“true”: it waits for its columns to be mapped, and is not checked before POST …/check.",
    "profile": "The name or the id of a kept profile to begin with.",
    "mode": f"One of {', '.join(MODES)}.",
    "match": "The fields a row is looked for by, in order, parted by commas.",
    "phone_country": "Whose national phone numbers are, like FR.",
    "tags": "Tags for every row, parted by commas.",
}


def parameters(texts: dict[str, str]) -> list[dict[str, Any]]:
    """Query parameters that are texts."""
    return [
        {"in": "query", "name": name, "required": False, "schema": _TEXT, "description": text}
        for name, text in texts.items()
    ]
