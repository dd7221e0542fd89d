from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "regulars.duplicates"
    label = "duplicates"

    def ready(self) -> None:
        from regulars.duplicates.resource import declare

        declare()
