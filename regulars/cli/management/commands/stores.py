"""`regulars stores`: open a store, list the stores of the install."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.stores import queries as store_queries
from regulars.stores import services as store_services

_SETTINGS = ("currency", "time_zone", "language", "country", "delete_policy")


class Command(BaseCommand):
    help = "Open a store, list the stores"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        create = verbs.add_parser("create", help="open a store")
        create.add_argument("slug", help="short name, part of every link, like my-shop")
        create.add_argument("--name", help="name of the store (default: the short name)")
        for name in _SETTINGS:
            create.add_argument("--" + name.replace("_", "-"), dest=name)
        create.add_argument("--owner", metavar="EMAIL", help="somebody who becomes its owner")
        create.add_argument("--json", action="store_true", help="print one JSON object")
        listing = verbs.add_parser("list", help="list the stores")
        listing.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            (self._create if options["verb"] == "create" else self._list)(options)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _create(self, options: dict[str, Any]) -> None:
        actor, now = system("Command line", surface="cli"), timezone.now()
        store = store_services.create_store(
            slug=options["slug"],
            name=options["name"] or options["slug"],
            settings={name: options[name] for name in _SETTINGS if options[name]},
            actor=actor,
            now=now,
        )
        if options["owner"]:
            staff_services.add_person(
                store=store, email=options["owner"], role=Role.OWNER, actor=actor, now=now
            )
        if options["json"]:
            self.stdout.write(json.dumps({"id": str(store.pk), "slug": store.slug, "name": store.name}))
            return
        self.stdout.write(f"Opened the store {store.slug}: /desk/{store.slug}/")
        if options["owner"]:
            self.stdout.write(
                f"{options['owner']} owns it. A password: regulars staff password {options['owner']}"
            )

    def _list(self, options: dict[str, Any]) -> None:
        stores = store_queries.all_stores()
        if options["json"]:
            rows = [
                {"slug": s.slug, "name": s.name, "currency": s.currency, "country": s.country} for s in stores
            ]
            self.stdout.write(json.dumps({"count": len(rows), "rows": rows}))
            return
        for store in stores:
            self.stdout.write(f"{store.slug:<20} {store.currency}  {store.name}")
