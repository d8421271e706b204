"""Arguments as they come: dates, lists, pages, boxes, forms. An empty argument is one that was not sent."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from guatu.kernel import clock
from guatu.kernel.problems import Problem

MOST = 1000  # requests or updates in one answer
MOST_DAYS = 90
LARGEST_BODY = 60 * 1024 * 1024
MOST_FILES = 10
_YEARS = (1900, 2999)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ATTRIBUTE = re.compile(r"^attribute\[([^\[\]]{1,60})\](\[\d*\])?$")
_MEDIA = re.compile(r"^(media|photo)\d{0,2}(\[\d*\])?$")
_DATE = re.compile(
    r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?)\s*(Z|[+-]\d\d(?::?\d\d)?|\s?\d\d:\d\d)?)?$",
    re.IGNORECASE,
)


def read_moment(name: str, text: str, *, end: bool = False) -> dt.datetime:
    """A W3C date with or without zone. A day alone is its beginning, or with `end` its end; no zone means ours.

    A plus sign that was not encoded arrives as a blank; it is understood. Raises `georeport.date_wrong`.
    """
    text = text.strip()
    match = _DATE.match(text)
    if match is None:
        raise Problem("georeport.date_wrong", name=name, said=text[:60])
    day, time, zone = match[1], match[2], (match[3] or "").strip().upper()
    if zone and zone[0].isdigit():
        zone = f"+{zone}"
    if len(zone) == 3:
        zone += ":00"
    try:
        if time is None:
            moment = dt.datetime.fromisoformat(f"{day}T{'23:59:59.999999' if end else '00:00:00'}")
        else:
            moment = dt.datetime.fromisoformat(f"{day}T{time.replace(',', '.')}{zone.replace('Z', '+00:00')}")
        found = clock.local(moment)
    except (ValueError, OverflowError) as wrong:
        raise Problem("georeport.date_wrong", name=name, said=text[:60]) from wrong
    # beyond this no store can count 90 days on, or turn the hour into another zone's
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise Problem("georeport.date_wrong", name=name, said=text[:60])
    return found


def moment_of(given: QueryDict, name: str, *, end: bool = False) -> dt.datetime | None:
    text = given.get(name, "").strip()
    return read_moment(name, text, end=end) if text else None


def read_span(start: dt.datetime | None, end: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    """The window asked for: at most 90 days; one end alone gives 90 days from or to it; none, the last 90 days.

    Raises `georeport.span_long`, `georeport.span_backwards`.
    """
    most = dt.timedelta(days=MOST_DAYS)
    now = clock.now()
    if start is None and end is None:
        return now - most, now
    if start is None:
        assert end is not None
        return end - most, end
    if end is None:
        return start, start + most
    if end < start:
        raise Problem("georeport.span_backwards", first="start_date", last="end_date")
    # days are counted whole, so that 1 July to 29 September is 90 of them whatever the hour
    if (end.date() - start.date()).days > MOST_DAYS:
        raise Problem("georeport.span_long", days=(end.date() - start.date()).days, most=MOST_DAYS)
    return start, end


def words_of(given: QueryDict, name: str) -> list[str]:
    """A list with commas between, given once or several times."""
    return [word.strip() for text in given.getlist(name) for word in text.split(",") if word.strip()]


def choices_of(given: QueryDict, name: str, allowed: Sequence[str]) -> list[str]:
    found = [word.lower() for word in words_of(given, name)]
    for word in found:
        if word not in allowed:
            raise Problem("georeport.choice_wrong", name=name, said=word[:60], allowed=", ".join(allowed))
    return found


def flag_of(given: QueryDict, name: str) -> bool:
    found = choices_of(given, name, ("true", "false", "1", "0"))
    return bool(found) and found[0] in ("true", "1")


def page_of(given: QueryDict) -> tuple[int, int]:
    """(first row, rows): `page` counts from 1 (0 is taken for 1), `page_size` up to 1000. Raises `georeport.number_wrong`."""
    page, size = _whole(given, "page", 1, least=0), _whole(given, "page_size", MOST, least=1)
    size = min(size, MOST)
    return (max(page, 1) - 1) * size, size


def _whole(given: QueryDict, name: str, usual: int, *, least: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise Problem("georeport.number_wrong", name=name, said=text[:30])
    return int(text)


def box_of(given: QueryDict) -> tuple[float, float, float, float] | None:
    """west, south, east, north in degrees. Raises `georeport.bbox_wrong`."""
    text = given.get("bbox", "").strip()
    if not text:
        return None
    try:
        west, south, east, north = (float(each) for each in text.split(","))
    except ValueError as wrong:
        raise Problem("georeport.bbox_wrong", said=text[:80]) from wrong
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # false for nan, too
        raise Problem("georeport.bbox_wrong", said=text[:80])
    return west, south, east, north


def read_degrees(name: str, text: str, most: float) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not abs(number) <= most:
        raise Problem("georeport.location_wrong", name=name, said=text[:40])
    return number


@dataclass(frozen=True)
class Form:
    """A post: single texts, answers to attributes, files."""

    texts: Mapping[str, str]
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    media: Sequence[str] = ()  # addresses
    files: Sequence[UploadedFile] = ()

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


def read_form(request: HttpRequest) -> Form:
    """The post as a form. Raises `georeport.not_a_form`, `georeport.not_utf8`, `georeport.too_large`, `georeport.files_many`."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise Problem("georeport.too_large", most=f"{LARGEST_BODY // 1024 // 1024} MB")
    if request.content_type not in _FORMS:
        raise Problem("georeport.not_a_form", said=(request.content_type or "?")[:60])
    try:
        posted, files = request.POST, request.FILES
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError) as wrong:
        raise Problem("georeport.not_a_form", said=type(wrong).__name__) from wrong
    texts: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for name, values in posted.lists():
        clean = [_clean(name, value) for value in values]
        if match := _ATTRIBUTE.match(name):
            attributes.setdefault(match[1], []).extend(clean)
        else:
            texts[name] = next((value for value in clean if value.strip()), "")
    found = [file for name in files if _MEDIA.match(name) for file in files.getlist(name)]
    if len(found) > MOST_FILES:
        raise Problem("georeport.files_many", count=len(found), most=MOST_FILES)
    media = [text for name in ("media_url", "media_url[]") for text in posted.getlist(name) if text.strip()]
    return Form(texts, attributes, [text.strip() for text in media], found)


def _clean(name: str, text: str) -> str:
    if "\ufffd" in text:  # what Django puts where the bytes were not UTF-8
        raise Problem("georeport.not_utf8", name=name[:60])
    return text.replace("\x00", "")


def told(moment: dt.datetime | None) -> Any:
    """W3C date with our zone; None stays None."""
    return clock.local(moment).isoformat(timespec="seconds") if moment is not None else None
