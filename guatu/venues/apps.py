from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "guatu.venues"
    label = "venues"
