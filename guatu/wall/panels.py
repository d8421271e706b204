"""What each kind of panel shows. A panel is a small dict for its template `wall/panels/<kind>.html`."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from guatu.campaigns.models import Campaign
from guatu.campaigns.rules import days_left
from guatu.cases.rules import OPEN, RECTIFIED
from guatu.figures.reads import indicators, values
from guatu.figures.rules import MICRO, Amount, Definition, Value
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kit.formats import clock_time, short_day
from guatu.wall import reads
from guatu.wall.layout import Choice, Layout, Panel, layout_of


@lru_cache(maxsize=4096)
def _path(name: str, args: tuple[Any, ...]) -> str:
    """A wall leads to the same hundred addresses at every drawing; working one out costs more than a panel's question."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def address(name: str, *args: Any, **query: Any) -> str:
    """Where a number leads; "" when the page is not part of this installation."""
    found = _path(name, args)
    return f"{found}?{urlencode(query, doseq=True)}" if found and query else found


def in_english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def said(two: tuple[str, str]) -> str:
    """The Chinese or the English of a pair."""
    return two[1] or two[0] if in_english() else two[0]


@dataclass(frozen=True)
class FigureLine:
    """A live figure as a panel shows it: number, unit, title, the two counts of a rate, where it leads."""

    key: str
    title: str
    text: str
    unit: str
    parts: tuple[str, ...]
    href: str


@dataclass
class Sight:
    """One look at the wall by one reader: all indicators are valued at once, by as few questions as there are spans."""

    scope: Scope
    campaign: Campaign
    layout: Layout
    meanings: Mapping[str, Definition] = field(default_factory=dict)
    found: Mapping[str, Value] = field(default_factory=dict)
    chosen: str = ""  # the map's indicator asked for by the address

    def line(self, key: str) -> FigureLine:
        meaning, value = self.meanings[key], self.found[key]
        parts: tuple[str, ...] = ()
        if meaning.kind in ("rate", "coverage"):
            parts = tuple(_amount(value, meaning, name) for name in ("of", "per"))
        return FigureLine(
            key=key,
            title=said(meaning.title),
            text=value.text,
            unit="" if value.text.endswith("%") else said(meaning.unit),
            parts=parts,
            href=address("desk:figure", key, campaign=self.campaign.code),
        )

    def lines(self, keys: Sequence[str]) -> list[FigureLine]:
        return [self.line(key) for key in keys if key in self.found]


def _amount(value: Value, meaning: Definition, name: str) -> str:
    """One of the two counts of a rate; an area without facts of this piece has none of them."""
    amount, part = value.parts.get(name, Amount()), meaning.parts[name]
    return str(amount.total // MICRO) if part.measure else str(amount.count)


def look(scope: Scope, campaign: Campaign, chosen: str = "") -> Sight:
    """Lay out the wall and value its indicators for this reader."""
    layout = layout_of(campaign.settings)
    meanings = {meaning.key: meaning for _, meaning in indicators(campaign)}
    wanted: list[str] = []
    for panel in layout.panels:
        if panel.kind in ("countdown", "figures", "cases"):
            wanted += panel.indicators or (_usual(panel, meanings) if panel.kind == "figures" else ())
    keys = [key for key in dict.fromkeys(wanted) if key in meanings]
    found = values(scope, campaign, [meanings[key] for key in keys]) if keys else {}
    return Sight(scope, campaign, layout, meanings, found, chosen)


def _usual(panel: Panel, meanings: Mapping[str, Definition]) -> list[str]:
    """Rates first, they are what a commander asks for; then the rest, in the pack's order."""
    usable = [key for key, meaning in meanings.items() if meaning.kind != "countdown"]
    usable.sort(key=lambda key: meanings[key].kind not in ("rate", "coverage"))
    return usable[: panel.limit]


def choices(sight: Sight) -> list[Choice]:
    """The indicators that may colour the map; without a list of the pack: its rates."""
    panel = sight.layout.panel("map")
    given = [choice for choice in panel.choices if choice.indicator in sight.meanings] if panel else []
    if given:
        return given
    return [
        Choice(key, "good", (60.0, 70.0, 80.0, 90.0))
        for key, meaning in sight.meanings.items()
        if meaning.kind in ("rate", "coverage")
    ][:4]


def current_choice(sight: Sight) -> Choice | None:
    offered = choices(sight)
    return next(
        (choice for choice in offered if choice.indicator == sight.chosen), offered[0] if offered else None
    )


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
    from guatu.wall.mapdata import areas  # the map's own file asks the panels for the choices

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
    keys = panel.indicators or _usual(panel, sight.meanings)
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
