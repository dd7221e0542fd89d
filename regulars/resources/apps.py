from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "regulars.resources"
    label = "resources"
