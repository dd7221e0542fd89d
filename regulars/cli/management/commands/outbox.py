"""`regulars outbox`: mail that was not sent because no provider is set, links for new passwords included."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.staff import queries as staff_queries


class Command(BaseCommand):
    help = "Show mail that was not sent because no mail provider is set"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=5, help="how many of the newest (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        for mail in reversed(staff_queries.all_kept_mail(limit=options["limit"])):
            self.stdout.write(
                f"— {mail.created_at:%Y-%m-%d %H:%M} UTC  to {mail.to}\n{mail.subject}\n\n{mail.body}\n"
            )
