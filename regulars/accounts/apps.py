from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "regulars.accounts"
    label = "accounts"

    def ready(self) -> None:
        from regulars.accounts.resource import declare_all
        from regulars.accounts.subscribers import subscribe_to_customers

        declare_all()
        subscribe_to_customers()
