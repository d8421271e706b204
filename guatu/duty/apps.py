from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "guatu.duty"
    label = "duty"
