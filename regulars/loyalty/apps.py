from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "regulars.loyalty"
    label = "loyalty"

    def ready(self) -> None:
        from regulars.loyalty.earn_subscribers import subscribe_to_orders
        from regulars.loyalty.mails import declare_mails
        from regulars.loyalty.resource import declare_all
        from regulars.loyalty.resource.tiers import declare_members
        from regulars.loyalty.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
        declare_members()
        declare_mails()
        subscribe_to_orders()
