from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "regulars.reports"
    label = "reports"

    def ready(self) -> None:
        import regulars.reports.tasks  # noqa: F401  (tells the worker what to count, and when)
        from regulars.reports.resource import SCORE_FIELDS
        from regulars.resources.resource import contribute

        contribute("customers", fields=SCORE_FIELDS)
