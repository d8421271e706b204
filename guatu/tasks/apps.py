from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "guatu.tasks"
    label = "tasks"
