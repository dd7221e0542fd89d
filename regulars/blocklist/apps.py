from django.apps import AppConfig


class BlocklistConfig(AppConfig):
    name = "regulars.blocklist"
    label = "blocklist"

    def ready(self) -> None:
        from regulars.blocklist.resource import declare
        from regulars.blocklist.subscribers import subscribe_to_customers

        declare()
        subscribe_to_customers()
