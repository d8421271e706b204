"""What stands on the page of a round besides its teams, places and story: one panel a matter, in this order.

A new panel is one line in `_panels`: a function of the request and the round that gives a Panel, or None to stay away.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from guatu.inspections.models import Round


@dataclass(frozen=True)
class Panel:
    """One panel: its template and what that needs. order: smaller stands higher."""

    name: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


Maker = Callable[[HttpRequest, Round], Panel | None]


def _panels() -> list[Maker]:
    """The list; imported late, since every maker's module knows this one."""
    from guatu.desk.views import round_draw

    return [
        round_draw.round_panel,
    ]


def panels_of(request: HttpRequest, row: Round) -> list[Panel]:
    """The panels of this round for this reader."""
    found = [maker(request, row) for maker in _panels()]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)
