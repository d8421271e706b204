from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "guatu.api"
    label = "api"
