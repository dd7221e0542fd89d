"""`regulars staff`: the first run's code, people and passwords, for the person at the machine."""

import argparse
import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from regulars.kit.actor import Actor, system
from regulars.kit.errors import Refused
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.stores import queries as store_queries


class Command(BaseCommand):
    help = "People of the stores: add, list, switch off, set a password"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        verbs.add_parser(
            "start-code", help="print the one-time code of the first run, if there is no store yet"
        )
        add = verbs.add_parser("add", help="let somebody work for a store")
        add.add_argument("email")
        add.add_argument("--store", required=True, metavar="SLUG")
        add.add_argument("--role", required=True, choices=Role.values)
        add.add_argument("--name", default="")
        listing = verbs.add_parser("list", help="who works for a store")
        listing.add_argument("--store", required=True, metavar="SLUG")
        for name, words in (
            ("password", "set a password; it is asked for, or read from standard input"),
            ("deactivate", "switch somebody's sign-in off and end every session"),
            ("activate", "switch it on again"),
        ):
            verbs.add_parser(name, help=words).add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, "_" + options["verb"].replace("-", "_"))(options)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _start_code(self, options: dict[str, Any]) -> None:
        if code := staff_services.make_start_code():
            self.stdout.write(code)

    def _add(self, options: dict[str, Any]) -> None:
        store = store_queries.get_store(slug=options["store"])
        user = staff_services.add_person(
            store=store,
            email=options["email"],
            name=options["name"],
            role=options["role"],
            actor=_actor(),
            now=timezone.now(),
        )
        self.stdout.write(
            f"{user.email} works for {store.slug}. A password: regulars staff password {user.email}"
        )

    def _list(self, options: dict[str, Any]) -> None:
        for person in staff_queries.people(store=store_queries.get_store(slug=options["store"])):
            state = "" if person.is_active else "  (switched off)"
            self.stdout.write(f"{person.role:<8} {person.email}  {person.name}{state}")

    def _password(self, options: dict[str, Any]) -> None:
        asked = getpass.getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        staff_services.set_password(email=options["email"], password=asked, actor=_actor())
        self.stdout.write("The password is set; every session has ended.")

    def _deactivate(self, options: dict[str, Any]) -> None:
        staff_services.switch_sign_in(
            email=options["email"], active=False, actor=_actor(), now=timezone.now()
        )
        self.stdout.write("Switched off; every session has ended.")

    def _activate(self, options: dict[str, Any]) -> None:
        staff_services.switch_sign_in(email=options["email"], active=True, actor=_actor(), now=timezone.now())
        self.stdout.write("Switched on again.")


def _actor() -> Actor:
    return system("Command line", surface="cli")
