from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "regulars.orders"
    label = "orders"

    def ready(self) -> None:
        from regulars.orders.history import declare_history
        from regulars.orders.on_customers import FIGURES, FINDER, FLOWS
        from regulars.orders.resource import ORDERS
        from regulars.orders.subscribers import subscribe_all
        from regulars.resources.resource import contribute

        contribute("customers", links=(ORDERS,), finders=(FINDER,), figures=FIGURES, flows=FLOWS)
        subscribe_all()
        declare_history()
