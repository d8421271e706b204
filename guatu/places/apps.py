from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "guatu.places"
    label = "places"
