from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "guatu.packs"
    label = "packs"
