from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "guatu.figures"
    label = "figures"
