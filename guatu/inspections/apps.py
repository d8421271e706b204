from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "guatu.inspections"
    label = "inspections"
