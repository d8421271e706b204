from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "guatu.registers"
    label = "registers"
