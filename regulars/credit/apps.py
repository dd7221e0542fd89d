from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "regulars.credit"
    label = "credit"

    def ready(self) -> None:
        from regulars.credit.resource import declare_all
        from regulars.credit.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
