from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "regulars.segments"
    label = "segments"

    def ready(self) -> None:
        import regulars.segments.tasks  # noqa: F401  (tells the worker what to refresh, and when)
        from regulars.resources.resource import contribute
        from regulars.segments import subscribers
        from regulars.segments.resource import ACTIONS, SEGMENT

        contribute("customers", fields=(SEGMENT,), actions=ACTIONS)
        subscribers.register()
