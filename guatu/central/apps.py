from django.apps import AppConfig


class CentralConfig(AppConfig):
    name = "guatu.central"
    label = "central"
