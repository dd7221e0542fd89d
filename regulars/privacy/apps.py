from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "regulars.privacy"
    label = "privacy"

    def ready(self) -> None:
        from regulars.privacy.resource import declare_all
        from regulars.privacy.subscribers import declare_people

        declare_all()
        declare_people()
