"""`regulars demo`: a store full of believable people, to try Regulars with or to measure it."""

import json
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from regulars.cli.demo import shop, signins
from regulars.kit.errors import Refused
from regulars.stores import queries as store_queries
from regulars.stores.queries import Store


class Command(BaseCommand):
    help = "Fill a store with made-up customers and their orders"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--store", metavar="SLUG", default="demo", help="the store to fill (default demo)"
        )
        parser.add_argument(
            "--customers", metavar="N", type=_count, help="how many, with 3 orders each on average"
        )
        parser.add_argument(
            "--seed", type=int, default=7, help="the same seed makes the same people (default 7)"
        )
        parser.add_argument("--add", action="store_true", help="add to the customers that are there")
        parser.add_argument(
            "--ensure", action="store_true", help="make the demo store if there is no store yet"
        )
        parser.add_argument(
            "--show", action="store_true", help="print the address and the sign-ins of the demo store"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["customers"] or options["ensure"] or options["show"]):
            raise CommandError("Say what to do: --customers N, --ensure or --show.")
        try:
            if options["ensure"] and not store_queries.any_store_exists():
                self._open()
                self._fill("demo", options["customers"] or shop.ENSURED, options)
            elif options["customers"]:
                self._fill(options["store"], options["customers"], options)
            if options["show"]:
                self._show(as_json=options["json"])
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _open(self) -> Store:
        passwords = signins.make_passwords()
        store = shop.open_demo_store(passwords=passwords, now=timezone.now())
        signins.keep(_path(), store=store.slug, passwords=passwords)
        return store

    def _fill(self, slug: str, count: int, options: dict[str, Any]) -> None:
        if slug == "demo" and not store_queries.any_store_exists():
            store = self._open()
        else:
            store = store_queries.get_store(slug=slug)
        password = signins.kept(_path()).get(signins.CUSTOMER, "") if slug == "demo" else ""
        began = time.monotonic()
        with tqdm(total=count, unit=" customers", disable=None, leave=False) as bar:
            customers, orders = shop.fill_store(
                store=store,
                count=count,
                seed=options["seed"],
                now=timezone.now(),
                add=options["add"],
                login=password,
                report=lambda done: bar.update(done - bar.n),
            )
        seconds = round(time.monotonic() - began, 2)
        if options["json"]:
            made = {"store": slug, "customers": customers, "orders": orders, "seconds": seconds}
            self.stdout.write(json.dumps(made))
        else:
            self.stdout.write(f"Made {customers} customers with {orders} orders in {slug} ({seconds} s).")

    def _show(self, *, as_json: bool) -> None:
        kept = signins.kept(_path())
        address = f"{settings.BASE_URL}/desk/demo/"
        is_open = store_queries.find_open_shop(slug="demo") is not None
        shop_page = f"{settings.BASE_URL}/shop/demo/" if is_open else ""
        if as_json:
            self.stdout.write(json.dumps({"address": address, "shop_page": shop_page, "sign_ins": kept}))
        elif kept:
            width = max(map(len, kept))
            lines = [f"Demo store: {address}", *([f"Its shop page: {shop_page}"] if is_open else [])]
            lines += [
                "Sign in with:",
                *(f"  {email:<{width}}  {password}" for email, password in kept.items()),
            ]
            self.stdout.write("\n".join(lines))


def _path() -> Path:
    return settings.DATA_DIR / "demo.json"


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 50_000_000:
        raise ArgumentTypeError("give a number from 1 to 50000000")
    return count
