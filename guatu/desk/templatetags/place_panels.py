"""`{% place_panels place %}`: the panels of guatu/desk/place_panels.py on the page of a place."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from guatu.desk.place_panels import panels_of
from guatu.places.models import Place

register = template.Library()


@register.simple_tag(takes_context=True)
def place_panels(context: Any, place: Place) -> SafeString:
    """All panels, one under the other."""
    request = context["request"]
    pieces = [
        render_to_string(panel.template, {"place": place, **panel.context}, request)
        for panel in panels_of(request, place)
    ]
    return format_html_join("", "{}", ((piece,) for piece in pieces))
