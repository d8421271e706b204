from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "guatu.intake"
    label = "intake"
