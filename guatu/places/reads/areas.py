"""Areas by code, by name, by point. Names and shapes are kept in memory until the areas of the store change."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from shapely.geometry import box, shape

from guatu.kernel.access import Scope, predicate
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.places.models import Area, Place
from guatu.places.rules import ancestors

RIGHT = "place.read"
_REFRESH_SECONDS = 5.0
_STEP = 0.005  # degrees: the side of a cell whose areas are worked out once
_MOST_CELLS = 400_000


@dataclass(frozen=True)
class AreaLine:
    """An area without its shape, for lists and choices."""

    code: str
    name: str
    level: str
    parent: str
    shaped: bool = False


class _Known:
    """All areas in memory: names always, shapes when a point is first asked for."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp
        self.looked = time.monotonic()
        self.names: dict[str, str] = dict(Area.objects.values_list("code", "name"))
        self.by_name: dict[str, list[str]] = {}
        for code in sorted(self.names):
            self.by_name.setdefault(self.names[code], []).append(code)
        self._shapes: list[tuple[int, str, Any]] | None = None
        self._cells: dict[tuple[int, int], tuple[tuple[str, Any], ...]] = {}
        self._tree: Any = None
        self.maps: dict[str, list[dict[str, Any]]] = {}

    def at(self, lon: float, lat: float) -> list[str]:
        """Codes of the areas around a point, widest first. Finest shape wins: its code names all that contain it."""
        key = (math.floor(lon / _STEP), math.floor(lat / _STEP))
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cell(key)
        for code, border in cell:
            if border is None or shapely.intersects_xy(border, lon, lat):
                return [*(above for above in ancestors(code) if above in self.names), code]
        return []

    def _cell(self, key: tuple[int, int]) -> tuple[tuple[str, Any], ...]:
        """The areas touching a cell, finest level first, then by code (an edge belongs to the smaller code alone);
        an area that covers the whole cell needs no look at its border, and ends the list."""
        if self._shapes is None:
            self._load()
        assert self._shapes is not None
        square = box(key[0] * _STEP, key[1] * _STEP, (key[0] + 1) * _STEP, (key[1] + 1) * _STEP)
        found: list[tuple[str, Any]] = []
        hits = self._tree.query(square, predicate="intersects") if self._shapes else []
        for index in sorted(hits):
            _, code, border = self._shapes[index]
            if shapely.contains_properly(border, square):
                found.append((code, None))
                break
            found.append((code, border))
        if len(self._cells) < _MOST_CELLS:
            self._cells[key] = tuple(found)
        return tuple(found)

    def _load(self) -> None:
        rows = Area.objects.exclude(shape=None).values_list("code", "shape")
        self._shapes = sorted(
            ((-len(code), code, shape(geometry)) for code, geometry in rows if geometry),
            key=lambda entry: entry[:2],
        )
        for _, _, border in self._shapes:
            shapely.prepare(border)
        self._tree = shapely.STRtree([border for _, _, border in self._shapes])


_known: _Known | None = None


def _now() -> _Known:
    """What is known; looks every few seconds whether another process changed the areas."""
    global _known
    if _known is None or time.monotonic() - _known.looked > _REFRESH_SECONDS:
        row = StoreSetting.objects.filter(key="areas").values_list("value", flat=True).first()
        stamp = str((row or {}).get("stamp", ""))
        if _known is None or _known.stamp != stamp:
            _known = _Known(stamp)
        _known.looked = time.monotonic()
    return _known


def forget() -> None:
    """Read the areas anew at the next question (acts call it when areas change)."""
    global _known
    _known = None


def drawn_maps() -> dict[str, list[dict[str, Any]]]:
    """Maps drawn since the areas last changed, by code."""
    return _now().maps


def names() -> dict[str, str]:
    """{code: name} of every area, kept in memory. Do not change it."""
    return _now().names


def area_names(prefix: str, length: int) -> dict[str, str]:
    """{code: name} of the areas of one code length inside `prefix`, in the order of codes (desk filters, figures)."""
    return {
        code: name
        for code, name in sorted(names().items())
        if len(code) == length and code.startswith(prefix)
    }


def name_of(code: str) -> str:
    """The name of an area; the code itself when it is unknown, "" for none."""
    return _now().names.get(code, code)


def path_of(code: str) -> list[tuple[str, str]]:
    """(code, name) of everything an area lies in and itself, widest first."""
    known = _now().names
    return [(each, known[each]) for each in (*ancestors(code), code) if each in known]


def areas_at(lon: float, lat: float) -> list[str]:
    """Codes of the areas around a point (WGS 84), widest first; empty outside. A point on an edge is in exactly one."""
    return _now().at(lon, lat)


def areas_named(text: str, *, inside: str = "") -> list[str]:
    """Codes of the areas meant by a code (also with its filling zeros) or a full name (also “嘉定区南翔镇”)."""
    known = _now()
    plain = "".join(text.split())
    if plain.isdigit():
        for length in (len(plain), 12, 9, 6, 4, 2):
            code = plain[:length]
            if code in known.names and not plain[length:].strip("0"):
                return [code]
        return []
    found = [code for code in known.by_name.get(plain, ()) if code.startswith(inside)]
    if found:
        return found
    for cut in range(len(plain) - 1, 1, -1):  # 嘉定区南翔镇 → 南翔镇 inside 嘉定区
        above = [code for code in known.by_name.get(plain[:cut], ()) if code.startswith(inside)]
        if len(above) == 1:
            return areas_named(plain[cut:], inside=above[0])
    return []


def area(code: str) -> Area:
    """One area. Raises `access.not_found`. Areas are common knowledge; what lies in them is not."""
    row = Area.objects.filter(code=code).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def area_or_none(code: str) -> Area | None:
    return Area.objects.filter(code=code).first()


def children(code: str) -> list[AreaLine]:
    """The areas directly below, in the order of their codes."""
    rows = Area.objects.filter(parent=code, valid_to=None).order_by("code")
    return _lines(rows)


def _lines(rows: QuerySet[Area]) -> list[AreaLine]:
    shaped = Case(When(shape=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = rows.annotate(shaped=shaped).values_list("code", "name", "level", "parent", "shaped")
    return [AreaLine(code, name, level, parent, bool(has)) for code, name, level, parent, has in found]


def search_areas(text: str, *, inside: str = "", most: int = 20) -> list[AreaLine]:
    """Areas by the beginning of their code or any part of their name, widest first."""
    plain = text.strip()
    if not plain:
        return []
    condition = (
        Q(code__startswith=plain)
        if plain.isdigit()
        else Q(name__contains=plain) | Q(name_en__icontains=plain)
    )
    rows = Area.objects.filter(condition, valid_to=None)
    if inside:
        rows = rows.filter(code__startswith=inside)
    found = _lines(rows.order_by("code")[: most * 5])
    return sorted(found, key=lambda line: (len(line.code), line.code))[:most]


def search(scope: Scope, text: str, *, most: int = 20) -> list[AreaLine | Place]:
    """Areas and visible places whose name, code or number holds the text; areas first."""
    plain = text.strip()
    if not plain or not scope.may(RIGHT):
        return []
    found: list[AreaLine | Place] = list(search_areas(plain, most=most))
    rows = Place.objects.filter(
        predicate(scope, RIGHT), Q(name__icontains=plain) | Q(number=plain), withdrawn=False
    )
    return found + list(rows.order_by("name", "id")[:most])


def areas_seen(scope: Scope, codes: Iterable[str]) -> dict[str, str]:
    """{code: name}: areas are common knowledge for everybody who may read places."""
    if not scope.may(RIGHT):
        return {}
    known = names()
    return {code: known[code] for code in codes if code in known}


def resolve(text: str, *, inside: str = "") -> str:
    """The one area meant by a code or a name. Raises `place.unknown_area`, `place.ambiguous_area`."""
    found = areas_named(text, inside=inside)
    if not found:
        raise Problem("place.unknown_area", area=text)
    if len(found) > 1:
        said = "、".join(f"{name_of(code[:6])}{name_of(code)} {code}" for code in found[:5])
        raise Problem("place.ambiguous_area", area=text, candidates=said)
    return found[0]
