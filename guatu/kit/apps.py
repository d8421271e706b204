from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "guatu.kit"
    label = "kit"
