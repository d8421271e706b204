"""What each kind of panel shows. A panel is a small dict for its template `wall/panels/<kind>.html`."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from guatu.campaigns.rules import days_left
from guatu.cases.rules import OPEN, RECTIFIED
from guatu.kernel import clock
from guatu.kit.formats import clock_time, short_day
from guatu.wall import reads
from guatu.wall.layout import Panel
from guatu.wall.mapdata import areas
from guatu.wall.sight import Sight, address, choices, current_choice, said, usual_keys


def _countdown(sight: Sight, panel: Panel) -> dict[str, Any]:
    today = clock.today()
    campaign = sight.campaign
    key = next(iter(panel.indicators), "")
    return {
        "days": days_left(campaign.opens_on, today),
        "day_of": (today - campaign.opens_on).days + 1,
        "over": today > campaign.closes_on,
        "href": sight.line(key).href if key in sight.found else address("desk:campaign", campaign.id),
    }


def _groups(sight: Sight, panel: Panel) -> dict[str, Any]:
    rows = reads.groups(sight.scope, sight.campaign, panel.limit)
    code = sight.campaign.code
    return {
        "rows": [
            {
                "group": row,
                "href": address("desk:tasks", campaign=code, group=row.code),
                "done_href": address("desk:tasks", campaign=code, group=row.code, status="accepted"),
                "late_href": address("desk:tasks", campaign=code, group=row.code, late="1"),
            }
            for row in rows
        ],
        "done": sum(row.done for row in rows),
        "total": sum(row.total for row in rows),
    }


def _map(sight: Sight, panel: Panel) -> dict[str, Any]:
    now_shown = current_choice(sight)
    code = sight.campaign.code
    here = reverse("wall:map", args=[code])
    return {
        "choices": [
            {
                "title": said(sight.meanings[choice.indicator].title),
                "src": f"{here}?{urlencode({'indicator': choice.indicator})}",
                "data": f"{reverse('wall:data', args=[code])}?{urlencode({'map': choice.indicator})}",
                "href": "?" + urlencode({"map": choice.indicator}),
                "current": choice == now_shown,
            }
            for choice in choices(sight)
        ],
        "areas": areas(sight, now_shown),
        "label": said(sight.meanings[now_shown.indicator].title) if now_shown else said(panel.title),
        "src": f"{here}?{urlencode({'indicator': now_shown.indicator})}" if now_shown else here,
    }


def _figures(sight: Sight, panel: Panel) -> dict[str, Any]:
    keys = panel.indicators or usual_keys(panel, sight.meanings)
    return {"lines": sight.lines(keys[: panel.limit])}


def _late(sight: Sight, panel: Panel) -> dict[str, Any]:
    found = reads.late(sight.scope, sight.campaign, panel.limit)
    code = sight.campaign.code
    return {
        "late": found,
        "rows": [{"thing": thing, "href": address(f"desk:{thing.kind}", thing.id)} for thing in found.things],
        "tasks_href": address("desk:tasks", campaign=code, late="1"),
        "cases_href": address("desk:cases", campaign=code, view="late"),
    }


def _cases(sight: Sight, panel: Panel) -> dict[str, Any]:
    by_status = reads.cases_by_status(sight.scope, sight.campaign)
    code = sight.campaign.code
    waiting = sum(by_status.get(status, 0) for status in ("reported", "filed", "returned"))
    going = sum(by_status.get(status, 0) for status in ("dispatched", "accepted"))
    checking = by_status.get("handled", 0)
    done = sum(by_status.get(status, 0) for status in RECTIFIED)
    total = waiting + going + checking + done
    shares = [("waiting", waiting), ("going", going), ("soon", checking), ("done", done)]
    x = 0.0
    bars = []
    for tone, number in shares:
        width = number * 100 / total if total else 0
        bars.append({"tone": tone, "number": number, "x": f"{x:.2f}%", "width": f"{width:.2f}%"})
        x += width
    return {
        "lines": sight.lines(panel.indicators),
        "bars": bars,
        "total": total,
        "open": sum(by_status.get(status, 0) for status in OPEN),
        "waiting": waiting,
        "going": going,
        "checking": checking,
        "done": done,
        "href": address("desk:cases", campaign=code),
    }


def _events(sight: Sight, panel: Panel) -> dict[str, Any]:
    today = clock.today()
    found = reads.events(sight.scope, sight.campaign, panel.limit)
    return {
        "events": [
            # a wall has room for what was done; its details stand in the story of the record
            {"event": event, "when": _when(event.at, today), "word": event.word.split("（")[0].split("(")[0]}
            for event in found
        ]
    }


def _when(at: dt.datetime, today: dt.date) -> str:
    """Today's acts by the clock, older ones by their day."""
    return clock_time(at) if at.date() == today else short_day(at.date(), today, get_language())


SHOWS: dict[str, Callable[[Sight, Panel], dict[str, Any]]] = {
    "countdown": _countdown,
    "groups": _groups,
    "map": _map,
    "figures": _figures,
    "late": _late,
    "cases": _cases,
    "events": _events,
}


@dataclass(frozen=True)
class Drawn:
    """A panel ready for the page: its HTML and the tag by which the browser knows whether it has it already."""

    panel: Panel
    html: str

    @property
    def tag(self) -> str:
        return hashlib.sha256(self.html.encode()).hexdigest()[:16]

    @property
    def place(self) -> str:
        (column, row), (width, height) = self.panel.at, self.panel.size
        return f"at-c{column} at-r{row} of-w{width} of-h{height}"


def draw(request: HttpRequest, sight: Sight) -> list[Drawn]:
    """Every panel of the wall for this reader."""
    drawn = []
    for panel in sight.layout.panels:
        context = {
            "panel": panel,
            "title": said(panel.title),
            "campaign": sight.campaign,
            "moment": clock.now(),
            **SHOWS[panel.kind](sight, panel),
        }
        drawn.append(Drawn(panel, render_to_string(f"wall/panels/{panel.kind}.html", context, request)))
    return drawn
