"""`records explain` and `records why`: what a query means, and why a record is in it or not."""

import sys
from collections.abc import Iterator
from typing import Any

from regulars.cli.records.common import Options, query_of, say_json
from regulars.cli.records.looking import find_record
from regulars.resources.context import Context
from regulars.resources.explain import Verdict, explain, why
from regulars.resources.page import matching
from regulars.resources.resource import Resource


def explain_query(resource: Resource, options: Options, context: Context) -> int:
    """Print a query in plain words and how many records it matches."""
    query = query_of(resource, options, context)
    sentence = explain(query.node, resource, context).sentence
    count = matching(query, context).order_by().count()
    if options["json"]:
        say_json({"where": query.with_where(query.node).where, "explain": sentence, "count": count})
    else:
        sys.stdout.write(f"{sentence}\n{count:,} {str(resource.label).lower()}\n")
    return 0


def why_record(resource: Resource, options: Options, context: Context) -> int:
    """Print why a record is in a query or not: each condition, whether it holds, and what the record has there."""
    query = query_of(resource, options, context)
    row = find_record(resource, options["record"], [], context)
    verdict = why(query.node, resource, context, row["id"])
    if options["json"]:
        say_json({"id": str(row["id"]), **_as_json(verdict)})
        return 0
    sys.stdout.write(f"{resource.title(row)}: {'in' if verdict.holds else 'not in'}\n")
    sys.stdout.writelines(f"{line}\n" for line in _lines(verdict, 1))
    return 0


def _lines(verdict: Verdict, depth: int) -> Iterator[str]:
    told = verdict.explained
    words = {"and": "all of", "or": "any of", "not": "not"}.get(told.kind, told.sentence)
    value = f": {verdict.value}" if verdict.value else ""
    yield f"{'  ' * depth}{'✓' if verdict.holds else '✗'} {words}{value}"
    for part in verdict.parts:
        yield from _lines(part, depth + 1)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    told = verdict.explained
    return {
        "where": told.where,
        "words": told.sentence,
        "holds": verdict.holds,
        "value": verdict.value,
        "parts": [_as_json(part) for part in verdict.parts],
    }
