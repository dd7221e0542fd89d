from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "regulars.resources"
    label = "resources"

    def ready(self) -> None:
        import regulars.resources.execute  # noqa: F401  (tells the worker how large actions are carried out)
