from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "guatu.fieldwork"
    label = "fieldwork"
