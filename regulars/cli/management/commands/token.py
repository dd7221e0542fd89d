"""`regulars token`: keys with which other systems work in a store."""

import argparse
import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.stores import queries as store_queries


class Command(BaseCommand):
    help = "Make, list and end API tokens of a store"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        for name, words in (("create", "make a token"), ("list", "list tokens"), ("revoke", "end a token")):
            verb = verbs.add_parser(name, help=words)
            verb.add_argument("--store", required=True, metavar="SLUG")
            verb.add_argument("--json", action="store_true", help="print one JSON object")
            if name == "create":
                verb.add_argument("--name", default="Command line", help="which system uses it")
                verb.add_argument("--role", default=Role.MANAGER.value, choices=Role.values)
            if name == "revoke":
                verb.add_argument("id", type=UUID, help="as `token list` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, now = system("Command line", surface="cli"), timezone.now()
        try:
            store = store_queries.get_store(slug=options["store"])
            if options["verb"] == "create":
                token, secret = staff_services.create_token(
                    store=store, name=options["name"], role=options["role"], actor=actor, now=now
                )
                self._say(options, {"id": str(token.id), "token": secret, "role": token.role}, secret)
            elif options["verb"] == "revoke":
                staff_services.revoke_token(store=store, token_id=options["id"], actor=actor, now=now)
                self._say(options, {"id": str(options["id"]), "revoked": True}, "The token no longer works.")
            else:
                self._list(options, staff_queries.tokens(store=store))
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _list(self, options: dict[str, Any], tokens: list[staff_queries.TokenRow]) -> None:
        rows = [
            {
                "id": str(token.id),
                "name": token.name,
                "role": token.role,
                "prefix": token.prefix,
                "last_used_at": token.last_used_at and token.last_used_at.isoformat(),
                "revoked": token.revoked_at is not None,
            }
            for token in tokens
        ]
        lines = [
            f"{token.id}  {token.role:<8} {token.prefix}…  {'(ended) ' if token.revoked_at else ''}{token.name}"
            for token in tokens
        ]
        self._say(options, {"count": len(rows), "rows": rows}, "\n".join(lines))

    def _say(self, options: dict[str, Any], found: dict[str, Any], text: str) -> None:
        self.stdout.write(json.dumps(found) if options["json"] else text)
