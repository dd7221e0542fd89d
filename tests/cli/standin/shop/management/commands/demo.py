from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--ensure", action="store_true")
        parser.add_argument("--show", action="store_true")

    def handle(self, *args, **options):
        if options["show"]:
            self.stdout.write("owner@demo.test  secret")
