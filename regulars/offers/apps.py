from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "regulars.offers"
    label = "offers"

    def ready(self) -> None:
        from regulars.offers.resource import declare_all
        from regulars.offers.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
