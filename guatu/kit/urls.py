from django.urls import path

from guatu.kit import views

app_name = "kit"
urlpatterns = [
    path("prefer/", views.prefer, name="prefer"),
    path("", views.patterns, name="patterns"),
    path("<slug:name>/", views.pattern, name="pattern"),
]
