from django.apps import AppConfig


class PhoneConfig(AppConfig):
    name = "guatu.phone"
    label = "phone"

    def ready(self) -> None:
        from guatu.phone import problems as problems
