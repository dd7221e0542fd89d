from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "regulars.transfers"
    label = "transfers"

    def ready(self) -> None:
        # Declares how runs of imports are carried out.
        import regulars.transfers.services  # noqa: F401
