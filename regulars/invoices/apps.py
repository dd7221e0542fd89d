from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "regulars.invoices"
    label = "invoices"

    def ready(self) -> None:
        from regulars.invoices.resource import declare

        declare()
