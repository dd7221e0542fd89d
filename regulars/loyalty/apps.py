from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "regulars.loyalty"
    label = "loyalty"

    def ready(self) -> None:
        from regulars.loyalty.resource import declare_all
        from regulars.loyalty.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
