"""Where the line is shortest: the page and the same as JSON. Nobody is signed in; where somebody stands is used and not kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guatu.kernel import clock
from guatu.places import reads as place_reads
from guatu.venues import point_words as words
from guatu.venues.reads.points import Line, shortest
from guatu.venues.rules import points as rules

EVERY = 60  # seconds after which the page asks again by itself
MOST = 60  # lines on the page before “all of them” is asked for


@dataclass(frozen=True)
class Asked:
    """What the address says. here: (lon, lat), WGS 84."""

    kind: str
    area: str
    here: tuple[float, float] | None
    all: bool

    @property
    def spot(self) -> dict[str, float]:
        return {} if self.here is None else {"lat": self.here[1], "lon": self.here[0]}

    @property
    def spot_text(self) -> list[tuple[str, str]]:
        """The same for a form, never written with a comma."""
        return [(name, repr(value)) for name, value in self.spot.items()]


def asked_of(request: HttpRequest) -> Asked:
    """The address as far as it can be understood; what cannot is as if it were not there."""
    kind, area = request.GET.get("kind", ""), request.GET.get("area", "")
    try:
        lat, lon = float(request.GET.get("lat", "")), float(request.GET.get("lon", ""))
        here = (lon, lat) if abs(lat) <= 90 and abs(lon) <= 180 else None
    except ValueError:
        here = None
    return Asked(
        kind if kind in rules.KINDS else "",
        area if area.isascii() and area.isdigit() and len(area) <= 12 else "",
        here,
        request.GET.get("all") == "1",
    )


def _street(code: str) -> str:
    return code[:9]


def _kept(answer: HttpResponse, asked: Asked) -> HttpResponse:
    """Everybody's answer may be kept for a moment; one that was asked with a place belongs to nobody else."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["Refresh"] = str(EVERY)
    if asked.here is None:
        patch_cache_control(answer, private=True, max_age=20)
    else:
        patch_cache_control(answer, private=True, no_store=True)
    return answer


def _link(asked: Asked, **changes: Any) -> str:
    said = {"kind": asked.kind, "area": asked.area, **asked.spot, **changes}
    return "?" + urlencode({name: value for name, value in said.items() if value != ""})


def _tabs(every: Sequence[Line], asked: Asked) -> list[dict[str, Any]]:
    """One for each kind there is; how many of it lie in the street asked for."""
    counts = Counter(line.row.kind for line in every if line.row.area.startswith(asked.area))
    there = {line.row.kind for line in every}
    return [
        {"word": word, "count": counts[kind], "href": _link(asked, kind=kind), "current": kind == asked.kind}
        for kind, word in words.KINDS.items()
        if kind in there
    ]


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The best to go to first. One query, however many there are."""
    asked = asked_of(request)
    every = shortest("", "", asked.here)
    kinds = [kind for kind in rules.KINDS if any(line.row.kind == kind for line in every)]
    if not asked.kind and kinds:
        asked = Asked(kinds[0], asked.area, asked.here, asked.all)
    of_kind = [line for line in every if line.row.kind == asked.kind]
    streets = sorted(
        {(_street(line.row.area), place_reads.name_of(_street(line.row.area))) for line in of_kind}
    )
    lines = [line for line in of_kind if line.row.area.startswith(asked.area)]
    shown = lines if asked.all else lines[:MOST]
    context = {
        "asked": asked, "lines": shown, "tabs": _tabs(every, asked),
        "streets": streets, "now": clock.now(), "every": EVERY, "stale": int(rules.STALE.total_seconds() // 60),
        "more": _link(asked, all=1) if len(lines) > len(shown) else "", "left": len(lines) - len(shown),
    }  # fmt: skip
    return _kept(render(request, "public/points/queue.html", context), asked)


def _as_json(line: Line) -> dict[str, Any]:
    row, place = line.row, line.row.place
    return {
        "id": str(row.pk), "number": row.number, "kind": row.kind, "kind_name": str(words.KINDS[row.kind]), "name": place.name,
        "address": place.address, "area": row.area, "lon": place.lon, "lat": place.lat, "hours": place.opening_hours,
        "status": row.status, "open": line.open, "pause_reason": row.pause_reason, "queue": line.queue,
        "wait_minutes": line.wait, "counted_at": clock.local(row.queue_at).isoformat(timespec="seconds") if row.queue_at else None,
        "fresh": line.fresh, "metres": None if line.metres is None else round(line.metres),
    }  # fmt: skip


@require_safe
def queue_json(request: HttpRequest) -> HttpResponse:
    """The same for machines: ?kind=, ?area=, ?lat=&lon=, in the same order. queue, wait_minutes: null when nobody counted lately."""
    asked = asked_of(request)
    found = [_as_json(line) for line in shortest(asked.kind, asked.area, asked.here)]
    answer = JsonResponse(
        {
            "at": clock.now().isoformat(timespec="seconds"),
            "language": get_language(),
            "fresh_minutes": int(rules.STALE.total_seconds() // 60),
            "points": found,
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Access-Control-Allow-Origin"] = "*"  # the same for everybody; nothing depends on who asks
    kept = _kept(answer, asked)
    del kept["Refresh"]
    return kept
