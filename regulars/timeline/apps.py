from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "regulars.timeline"
    label = "timeline"
