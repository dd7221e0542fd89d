from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "regulars.kit"
    label = "kit"
