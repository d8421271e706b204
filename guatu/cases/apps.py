from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "guatu.cases"
    label = "cases"
