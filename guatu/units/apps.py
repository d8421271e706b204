from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "guatu.units"
    label = "units"
