from django.apps import AppConfig


class TradeinsConfig(AppConfig):
    name = "regulars.tradeins"
    label = "tradeins"

    def ready(self) -> None:
        from regulars.tradeins.resource import declare_all
        from regulars.tradeins.subscribers import subscribe_to_customers, subscribe_to_notes

        declare_all()
        subscribe_to_customers()
        subscribe_to_notes()
