from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "regulars.messaging"
    label = "messaging"

    def ready(self) -> None:
        from regulars.messaging.resource import declare_all
        from regulars.messaging.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
