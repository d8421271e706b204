"""Entity lists (datasets) at this door: projects/{p}/datasets…"""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
