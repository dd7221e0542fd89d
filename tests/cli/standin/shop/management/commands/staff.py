from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("verb", choices=["start-code"])

    def handle(self, *args, **options):
        """There is a store: no code."""
