from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "regulars.transfers"
    label = "transfers"

    def ready(self) -> None:
        # Declares how runs of imports are carried out.
        import regulars.transfers.services  # noqa: F401
        from regulars.resources.resource import contribute
        from regulars.transfers.copy_action import copy_action
        from regulars.transfers.resource import declare_doors, export_action

        contribute("customers", actions=[export_action("customers"), copy_action("customers")])
        declare_doors()
