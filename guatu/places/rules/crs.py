"""Coordinates: the offset systems of Chinese maps, and the projected ones of surveyors. Pure.

WGS 84 inside. CGCS2000 differs from it by centimetres and is taken as the same. GCJ-02 (高德, 腾讯) and BD-09 (百度) are
shifted by some hundred metres; the published approximation is used forwards and solved backwards by iteration.
"""

import math
from functools import lru_cache
from typing import Any

# what a page offers: (key, zh, en)
CHOICES: tuple[tuple[str, str, str], ...] = (
    ("wgs84", "WGS 84（GPS、天地图、国际）", "WGS 84 (GPS, Tianditu)"),
    ("cgcs2000", "CGCS2000 经纬度（国家大地坐标）", "CGCS2000, degrees"),
    ("gcj02", "GCJ-02（高德、腾讯地图）", "GCJ-02 (AMap, Tencent)"),
    ("bd09", "BD-09（百度地图）", "BD-09 (Baidu)"),
    (
        "epsg:4549",
        "CGCS2000 高斯投影 120°E（EPSG:4549，上海）",
        "CGCS2000 Gauss–Krüger 120°E (EPSG:4549, Shanghai)",
    ),
    ("epsg:4548", "CGCS2000 高斯投影 117°E（EPSG:4548）", "CGCS2000 Gauss–Krüger 117°E (EPSG:4548)"),
    ("epsg:4547", "CGCS2000 高斯投影 114°E（EPSG:4547）", "CGCS2000 Gauss–Krüger 114°E (EPSG:4547)"),
    ("epsg:3857", "Web 墨卡托（EPSG:3857）", "Web Mercator (EPSG:3857)"),
)
_SAME = {
    "wgs84",
    "wgs-84",
    "cgcs2000",
    "cgcs-2000",
    "epsg:4326",
    "epsg:4490",
    "4326",
    "4490",
    "天地图",
    "gps",
}
_OFFSET = {"gcj02": "gcj02", "gcj-02": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "火星坐标": "gcj02",
           "bd09": "bd09", "bd-09": "bd09", "百度": "bd09"}  # fmt: skip
_A = 6378245.0  # the Krasovsky ellipsoid, which the published GCJ-02 formulas use
_EE = 0.00669342162296594323
_X_PI = math.pi * 3000.0 / 180.0
EARTH = 6371008.8
_ROUNDS = (
    6  # each one leaves about a thousandth of the error of the one before: below a millimetre after three
)


class UnknownSystem(ValueError):
    """A coordinate system nobody here can convert; the argument is its name."""


def read_system(text: str) -> str:
    """The key of a coordinate system: wgs84, gcj02, bd09, or epsg:<number> of a projected CGCS2000 system.

    Raises UnknownSystem. A blank is not guessed: it raises too.
    """
    plain = "".join(text.split()).casefold()
    if plain in _SAME:
        return "wgs84"
    if plain in _OFFSET:
        return _OFFSET[plain]
    number = plain.removeprefix("epsg:")
    # 4491–4554: CGCS2000 in Gauss–Krüger zones of six and of three degrees; 3857: web maps
    if number.isascii() and number.isdigit() and (4491 <= int(number) <= 4554 or int(number) == 3857):
        return f"epsg:{int(number)}"
    raise UnknownSystem(text)


def to_wgs84(x: float, y: float, system: str) -> tuple[float, float]:
    """(lon, lat) of a point given in `system` (a key of `read_system`).

    Projected points may come as (east, north) or, as surveyors write them, (north, east): in China they cannot be
    confused, because northings are 2–6 million and eastings below one million or (with the zone in front) above ten.
    """
    if system == "wgs84":
        return x, y
    if system == "gcj02":
        return gcj02_to_wgs84(x, y)
    if system == "bd09":
        return bd09_to_wgs84(x, y)
    if system != "epsg:3857" and 2e6 <= x <= 6e6 and not 2e6 <= y <= 6e6:
        x, y = y, x
    lon, lat = _projection(system).transform(x, y)
    return float(lon), float(lat)


@lru_cache(maxsize=16)
def _projection(system: str) -> Any:
    from pyproj import Transformer  # loaded when somebody brings projected points: it costs 60 ms

    return Transformer.from_crs(system, "EPSG:4326", always_xy=True)


def in_china(lon: float, lat: float) -> bool:
    """A coarse box: what lies outside has its numbers swapped or its system wrong."""
    return math.isfinite(lon) and math.isfinite(lat) and 72.0 <= lon <= 138.0 and 3.0 <= lat <= 54.5


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """How far GCJ-02 lies from WGS 84 at a point, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    wave = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave * 2.0 / 3.0
    d_lat += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave * 2.0 / 3.0
    d_lon += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    d_lon += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    radians = math.radians(lat)
    magic = 1 - _EE * math.sin(radians) ** 2
    d_lat = math.degrees(d_lat / ((_A * (1 - _EE)) / (magic * math.sqrt(magic))))
    d_lon = math.degrees(d_lon / (_A / math.sqrt(magic) * math.cos(radians)))
    return d_lon, d_lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    if not in_china(lon, lat):
        return lon, lat
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Solved by iteration to about a millimetre; the usual one-step inverse is wrong by up to two metres."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        back_lon, back_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        off_lon, off_lat = back_lon - lon, back_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    length = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _X_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _X_PI)
    return length * math.cos(angle) + 0.0065, length * math.sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        back_lon, back_lat = gcj02_to_bd09(guess_lon, guess_lat)
        off_lon, off_lat = back_lon - lon, back_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
    return guess_lon, guess_lat


def wgs84_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def metres(first: tuple[float, float], second: tuple[float, float]) -> float:
    """The distance of two points (lon, lat) on the sphere, in metres."""
    (lon1, lat1), (lon2, lat2) = first, second
    a, b = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))
