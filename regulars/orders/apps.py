from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "regulars.orders"
    label = "orders"

    def ready(self) -> None:
        from regulars.orders.history import declare_history
        from regulars.orders.resource import declare
        from regulars.orders.subscribers import subscribe_all

        declare()
        subscribe_all()
        declare_history()
