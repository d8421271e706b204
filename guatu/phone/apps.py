from django.apps import AppConfig


class PhoneConfig(AppConfig):
    name = "guatu.phone"
    label = "phone"
