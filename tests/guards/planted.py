"""Two addresses with faults, for the guard's own test: one open to strangers, one that breaks."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def breaks(request: HttpRequest, name: str) -> HttpResponse:
    raise ZeroDivisionError(name)


urlpatterns = [path("open/", lambda request: HttpResponse("come in")), path("breaks/<str:name>/", breaks)]
