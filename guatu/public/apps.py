from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "guatu.public"
    label = "public"
