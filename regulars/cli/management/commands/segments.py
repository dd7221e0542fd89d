"""`regulars segments`: named sets of customers."""

import argparse
import json
import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from regulars.cli.records.common import context_of
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.segments import queries, services
from regulars.segments.choices import SegmentKind
from regulars.segments.queries import Segment
from regulars.segments.services import SegmentFacts

VERBS = {
    "list": "list the segments",
    "show": "show one, and where it is used",
    "create": "make one",
    "refresh": "bring the members of one, or of all, up to date",
    "members": "print who is in one",
    "add": "put the customers of a list into a static one",
}
PAGE = 5000


class Command(BaseCommand):
    help = "Make, list, refresh and show segments of customers"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        for name, words in VERBS.items():
            verb = verbs.add_parser(name, help=words)
            if name not in ("list", "refresh"):
                verb.add_argument("name", metavar="NAME", help="the name or id of the segment")
            if name == "refresh":
                verb.add_argument("name", metavar="NAME", nargs="?", default="", help="without it, all")
            if name == "create":
                verb.add_argument(
                    "--where", default="", metavar="QUERY", help="conditions; without them it is static"
                )
                verb.add_argument("--note", default="", metavar="TEXT")
            if name == "add":
                verb.add_argument(
                    "file", metavar="FILE", help="e-mails or numbers, one on each line; - for the input"
                )
                verb.add_argument(
                    "--accept-missing", action="store_true", help="leave out lines that mean nobody"
                )
            verb.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            verb.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            context = context_of(options["store"])
            getattr(self, f"_{options['verb']}")(options, context)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _list(self, options: dict[str, Any], context: Context) -> None:
        found = queries.list_segments(store=context.store)
        lines = [f"{one.size:>9,}  {one.kind:<7}  {one.name}" for one in found]
        self._say(options, {"count": len(found), "rows": [_json(one) for one in found]}, "\n".join(lines))

    def _show(self, options: dict[str, Any], context: Context) -> None:
        segment = queries.segment_named(store=context.store, name=options["name"])
        uses = queries.uses_of(store=context.store, segment=segment)
        told = [f"{segment.name}  {segment.pk}", f"  {segment.kind}, {segment.size:,} members"]
        told += [f"  {segment.where}"] if segment.where else []
        told += [f"  problem: {segment.problem}"] if segment.problem else []
        told += [f"  used by {use.kind} {use.name}" for use in uses]
        used = [{"kind": use.kind, "id": str(use.id), "name": use.name} for use in uses]
        self._say(options, _json(segment) | {"used_by": used}, "\n".join(told))

    def _create(self, options: dict[str, Any], context: Context) -> None:
        where = options["where"]
        facts = SegmentFacts(
            name=options["name"],
            kind=SegmentKind.DYNAMIC if where.strip() else SegmentKind.STATIC,
            where=where,
            note=options["note"],
        )
        made = services.create_segment(store=context.store, facts=facts, actor=context.actor, now=context.now)
        size = self._refreshed(made.pk, context)
        made = queries.get_segment(store=context.store, segment_id=made.pk)
        self._say(options, _json(made), f"{made.name}: {size:,} members  {made.pk}")

    def _refresh(self, options: dict[str, Any], context: Context) -> None:
        name = options["name"]
        segments = (
            [queries.segment_named(store=context.store, name=name)]
            if name
            else queries.list_segments(store=context.store)
        )
        rows: list[dict[str, Any]] = []
        lines: list[str] = []
        for segment in segments:
            try:
                found = services.refresh_segment(store=context.store, segment_id=segment.pk, now=context.now)
            except Refused as refusal:
                if name:
                    raise
                lines.append(f"{segment.name}: {refusal.sentence}")
                rows.append({"name": segment.name, "problem": refusal.sentence})
                continue
            lines.append(
                f"{segment.name}: {found.size:,} members, {found.entered:,} came, {found.left:,} went"
            )
            rows.append(
                {"name": segment.name, "size": found.size, "entered": found.entered, "left": found.left}
            )
        self._say(options, {"count": len(rows), "rows": rows}, "\n".join(lines))

    def _members(self, options: dict[str, Any], context: Context) -> None:
        segment = queries.segment_named(store=context.store, name=options["name"])
        rows: list[dict[str, Any]] = []
        after: UUID | None = None
        while True:
            page = queries.members_page(store=context.store, segment_id=segment.pk, after=after, limit=PAGE)
            for stay in page:
                one = {"number": stay.customer.number, "name": stay.customer.name, "how": stay.how}
                if options["json"]:
                    rows.append(one | {"id": str(stay.customer_id), "since": stay.entered_at.isoformat()})
                else:
                    self.stdout.write(f"{stay.customer.number:>9}  {stay.customer.name}")
            if len(page) < PAGE:
                break
            after = page[-1].customer_id
        if options["json"]:
            self._say(options, {"count": len(rows), "rows": rows}, "")

    def _add(self, options: dict[str, Any], context: Context) -> None:
        segment = queries.segment_named(store=context.store, name=options["name"])
        if options["file"] == "-":
            text = sys.stdin.read()
        else:
            with open(options["file"], encoding="utf-8-sig", errors="replace") as file:
                text = file.read()
        filled = services.fill_segment(
            store=context.store,
            segment_id=segment.pk,
            text=text,
            accept_missing=options["accept_missing"],
            actor=context.actor,
            now=context.now,
        )
        for one in filled.missing:
            self.stderr.write(f"line {one.line}: {one.text} is not found")
        done = filled.found if filled.written else 0
        found = {"done": done, "skipped": filled.already, "missing": len(filled.missing)}
        self._say(
            options,
            found,
            f"{done:,} put in, {filled.already:,} in already, {len(filled.missing):,} not found",
        )
        if filled.missing and not filled.written:
            raise CommandError("Nothing was written; --accept-missing leaves those lines out.")

    def _refreshed(self, segment_id: UUID, context: Context) -> int:
        found = services.refresh_segment(store=context.store, segment_id=segment_id, now=context.now)
        return found.size

    def _say(self, options: dict[str, Any], found: dict[str, Any], text: str) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else text)


def _json(segment: Segment) -> dict[str, Any]:
    return {
        "id": str(segment.pk),
        "name": segment.name,
        "kind": segment.kind,
        "where": segment.where,
        "note": segment.note,
        "size": segment.size,
        "counted": segment.counted_at.isoformat() if segment.counted_at else None,
        "problem": segment.problem,
    }
