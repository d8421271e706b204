from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "guatu.notices"
    label = "notices"
