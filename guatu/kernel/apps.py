from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "guatu.kernel"
    label = "kernel"
