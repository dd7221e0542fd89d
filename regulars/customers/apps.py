from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "regulars.customers"
    label = "customers"

    def ready(self) -> None:
        from regulars.customers.effects import see_customers
        from regulars.customers.resource import CUSTOMERS
        from regulars.customers.resource.undo import declare_undo
        from regulars.customers.services.erasers import declare_erasers
        from regulars.customers.services.histories import declare_histories
        from regulars.resources.effects import sees
        from regulars.resources.resource import register

        register(CUSTOMERS)
        declare_undo()
        declare_erasers()
        declare_histories()
        sees("customers", see_customers)
