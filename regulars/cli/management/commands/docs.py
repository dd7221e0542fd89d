"""`regulars docs`: write the generated pages of docs/reference."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from regulars.cli.reference import stale_pages


class Command(BaseCommand):
    help = "Write the generated pages of docs/reference"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = stale_pages()
        if options["check"] and stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"Stale pages in docs/reference: {names}. Run: make docs")
        for path, text in stale.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            self.stdout.write(f"wrote {path.name}")
