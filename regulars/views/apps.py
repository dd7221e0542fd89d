from django.apps import AppConfig


class ViewsConfig(AppConfig):
    name = "regulars.views"
    label = "views"

    def ready(self) -> None:
        from regulars.views.resource import declare_doors

        declare_doors()
