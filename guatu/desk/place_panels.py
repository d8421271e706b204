"""What stands on the page of a place besides who answers for it, its files and its story: one panel a matter, in this order.

The template says `{% load place_panels %}{% place_panels place %}`; a new panel is one line in `_panels`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from guatu.places.models import Place


@dataclass(frozen=True)
class Panel:
    """One panel: its template and what that needs. order: smaller stands higher."""

    name: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


Maker = Callable[[HttpRequest, Place], Panel | None]


def _panels() -> list[Maker]:
    """The list; imported late, since every maker's module knows this one."""
    from guatu.desk.views import norm_holding, service_points, venue_codes, visits

    return [
        norm_holding.place_panel,
        visits.place_panel,
        service_points.place_panel,
        venue_codes.place_panel,
    ]


def panels_of(request: HttpRequest, place: Place) -> list[Panel]:
    """The panels of this place for this reader; those with nothing to say stay away."""
    found = [maker(request, place) for maker in _panels()]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)
