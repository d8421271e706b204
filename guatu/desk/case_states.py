"""How cases look on pages: state, words, points on the map."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guatu.campaigns.models import Campaign
from guatu.cases.models import STATUS_WORDS, Case
from guatu.cases.rules import OPEN, WITH_CLOCK, overdue_now
from guatu.desk.map_shapes import outlines
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kit import formats
from guatu.kit.parts import FileLine
from guatu.kit.states import State
from guatu.kit.writing import NONE, Pen
from guatu.places import reads as places

_TONES = {
    "reported": "waiting",
    "filed": "waiting",
    "dispatched": "waiting",
    "accepted": "going",
    "handled": "going",
    "verified": "done",
    "closed": "done",
    "returned": "returned",
    "rejected": "void",
    "void": "void",
    "confirmed": "waiting",
    "treated": "going",
    "held": "held",
    "duplicate": "void",
    "withdrawn": "void",
}
STATES = {status: State(tone, STATUS_WORDS[status]) for status, tone in _TONES.items()}
_LATE = {status: State("late", STATUS_WORDS[status]) for status in WITH_CLOCK}
_MARGIN = 0.01  # degrees, about a kilometre
_MAP_TONES = {
    "returned": "waiting",
    "rejected": "done",
    "void": "done",
    "duplicate": "done",
    "withdrawn": "done",
    "held": "waiting",
}


def english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def state_of(case: Case) -> State:
    """The case's state; its shape and colour say late when the limit has run out."""
    late = case.status in WITH_CLOCK and (case.late or overdue_now(case.status, case.due_at, clock.now()))
    return _LATE[case.status] if late else STATES[case.status]


def due_cell(pen: Pen, case: Case) -> SafeString:
    """A case's limit in a list: the moment, how it stands, and whether the calendar it was counted by is only presumed."""
    if not case.due_at:
        return SafeString(NONE)
    told = pen.deadline(case.due_at, case.handled_at)
    if not case.due_provisional:
        return told
    title = _("工作日历还没有公布到那一天，按周一至周五推定。")
    return format_html('{} <span class="tag" title="{}">{}</span>', told, title, _("暂定"))


def photo_lines(rows: Iterable[Attachment]) -> list[FileLine]:
    """Attachments as pages show them."""
    return [
        FileLine(
            name=row.name,
            url=reverse("desk:file", args=[row.id]),
            content_type=row.content_type,
            size=row.size,
            taken_at=row.taken_at,
            note=formats.moment(clock.local(row.made_at), get_language()),
            thumb_url=reverse("desk:file_thumb", args=[row.id])
            if row.content_type.startswith("image/")
            else "",
        )
        for row in rows
    ]


def map_answer(
    campaign: Campaign, points: Sequence[Mapping[str, Any]], bounds: Sequence[float] = ()
) -> dict[str, Any]:
    """GeoJSON for `<guatu-map>`: borders as far as they are known, every case as a point; open ones lie on top. Without
    `bounds` the map shows the points with a margin, or the whole area when there are none."""
    if points and not bounds:
        lons, lats = [point["lon"] for point in points], [point["lat"] for point in points]
        bounds = (min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN)
    points = sorted(points, key=lambda point: point["status"] in OPEN)
    return places.map_answer(
        [*outlines(campaign.area), *(_feature(point) for point in points)],
        label=_("案件"),
        unit=_("件"),
        attributions=[str(line) for line in getattr(settings, "GUATU_ATTRIBUTIONS", ())],
        bounds=bounds,
    )


def _feature(point: Mapping[str, Any]) -> dict[str, Any]:
    status = str(point["status"])
    late = status in WITH_CLOCK and (point["late"] or overdue_now(status, point["due_at"], clock.now()))
    tone = "late" if late else _MAP_TONES.get(status, _TONES[status])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point["lon"], point["lat"]]},
        "properties": {
            "role": "point", "code": str(point["id"]), "name": f"{point['number']} {point['title']}", "tone": tone,
            "href": reverse("desk:case", args=[point["id"]]), "lines": [str(STATUS_WORDS[status])],
        },
    }  # fmt: skip


def squares_answer(
    campaign: Campaign, squares: Iterable[Any], address: Callable[[str], str], most: int
) -> dict[str, Any]:
    """GeoJSON with one counted point for every square (`reads.ground.Square`); `address` leads to the list of a square."""
    found = list(squares)
    bounds = (
        min(each.box.west for each in found), min(each.box.south for each in found),
        max(each.box.east for each in found), max(each.box.north for each in found),
    ) if found else ()  # fmt: skip
    said = _("最近 %(most)s 件以内") % {"most": f"{most:,}"}
    return places.map_answer(
        [*outlines(campaign.area), *(_counted(each, address, said) for each in found)],
        label=_("案件"),
        unit=_("件"),
        attributions=[str(line) for line in getattr(settings, "GUATU_ATTRIBUTIONS", ())],
        bounds=bounds,
    )


def _counted(square: Any, address: Callable[[str], str], said: str) -> dict[str, Any]:
    late = [_("逾期 %(count)s 件") % {"count": square.late}] if square.late else []
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [square.lon, square.lat]},
        "properties": {
            "role": "point", "code": square.box.text(), "name": _("%(count)s 件") % {"count": f"{square.count:,}"},
            "tone": "late" if square.late else "going", "count": square.count, "href": address(square.box.text()),
            "lines": [*late, said],
        },
    }  # fmt: skip
