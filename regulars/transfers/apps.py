from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "regulars.transfers"
    label = "transfers"
