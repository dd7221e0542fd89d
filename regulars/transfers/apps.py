from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "regulars.transfers"
    label = "transfers"

    def ready(self) -> None:
        # Declares how runs of imports are carried out.
        import regulars.transfers.services  # noqa: F401
        from regulars.customers.erasing import erases
        from regulars.resources.resource import contribute
        from regulars.transfers.resource import export_action
        from regulars.transfers.services.erase import TABLES, forget_people

        contribute("customers", actions=[export_action("customers")])
        erases("transfers", forget_people, tables=TABLES)
