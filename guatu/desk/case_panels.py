"""What stands on the page of a case besides its heading, photos and story: one panel a matter, in this order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from guatu.cases.models import Case


@dataclass(frozen=True)
class Panel:
    """One panel. template: under desk/cases/panels/. side: in the side column. order: smaller stands higher."""

    name: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    side: bool = False
    order: int = 50


Maker = Callable[[HttpRequest, Case], Panel | None]


def _panels() -> list[Maker]:
    """The list; imported late, since every maker's module knows this one."""
    from guatu.desk.views import (
        case_alerts,
        case_answers,
        case_joint,
        case_merge,
        case_outside,
        case_peers,
        case_requests,
        case_routing,
        case_stages,
        case_suggest,
    )

    return [
        case_requests.panel,
        case_merge.merged_panel,
        case_merge.duplicates_panel,
        case_joint.parts_panel,
        case_joint.hand_over_panel,
        case_joint.comments_panel,
        case_peers.panel,
        case_alerts.panel,
        case_outside.panel,
        case_stages.panel,
        case_routing.panel,
        case_answers.panel,
        case_suggest.panel,
    ]


def panels_of(request: HttpRequest, case: Case) -> list[Panel]:
    """The panels of this case for this reader; those with nothing to say stay away."""
    found = [maker(request, case) for maker in _panels()]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)
