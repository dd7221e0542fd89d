from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "regulars.invoices"
    label = "invoices"

    def ready(self) -> None:
        from regulars.invoices.on_customers import FIELDS, FIGURES, FINDERS, LINKS, RELATED
        from regulars.invoices.on_orders import ACTIONS, why_kept
        from regulars.invoices.on_orders import FIELDS as ON_ORDERS
        from regulars.invoices.resource import declare
        from regulars.invoices.subscribers import subscribe_all
        from regulars.orders.services import keeps
        from regulars.resources.resource import contribute

        declare()
        contribute("customers", fields=FIELDS, links=LINKS, figures=FIGURES, finders=FINDERS, related=RELATED)
        contribute("orders", fields=ON_ORDERS, actions=ACTIONS)
        keeps(why=why_kept)
        subscribe_all()
