from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "guatu.campaigns"
    label = "campaigns"
