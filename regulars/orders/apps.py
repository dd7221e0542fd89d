from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "regulars.orders"
    label = "orders"

    def ready(self) -> None:
        from regulars.orders.resource import ORDERS
        from regulars.resources.resource import contribute

        contribute("customers", links=(ORDERS,))
