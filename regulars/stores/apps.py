from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "regulars.stores"
    label = "stores"
