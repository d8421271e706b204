from django.apps import AppConfig


class BriefsConfig(AppConfig):
    name = "guatu.briefs"
    label = "briefs"
