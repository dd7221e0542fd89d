from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "regulars.customers"
    label = "customers"

    def ready(self) -> None:
        from regulars.customers.resource import CUSTOMERS
        from regulars.customers.resource.undo import declare_undo
        from regulars.resources.resource import register

        register(CUSTOMERS)
        declare_undo()
