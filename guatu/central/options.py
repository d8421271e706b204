"""The `$` words of an OData address, read once: what is not understood is refused, never passed over."""

import base64
import binascii
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from guatu.central import filters
from guatu.central.frame import Asked
from guatu.kernel.problems import Problem

MOST = 10_000  # rows of one page; the next one is behind @odata.nextLink
_KNOWN = (
    "$top",
    "$skip",
    "$count",
    "$filter",
    "$orderby",
    "$expand",
    "$select",
    "$wkt",
    "$skiptoken",
    "$format",
)


@dataclass(frozen=True)
class Options:
    """What was asked. order: (field, descending) or None. token: where the page before ended."""

    top: int = MOST
    skip: int = 0
    count: bool = False
    wkt: bool = False
    expand: bool = False
    select: tuple[str, ...] = ()
    filter: filters.Condition | None = None
    order: tuple[str, bool] | None = None
    token: dict[str, Any] = field(default_factory=dict)


def read(asked: Asked, *, more: Collection[str] = ()) -> Options:
    """The options of a request. more: further words that this table knows. Raises central.odata_unsupported and others."""
    given = asked.query
    for name in given:
        if name.startswith("$") and name not in (*_KNOWN, *more):
            raise Problem("central.odata_unsupported", feature=name[:40])
    if given.get("$format", "json").partition(";")[0] not in ("json", "application/json"):
        raise Problem("central.odata_unsupported", feature=f"$format={given['$format'][:40]}")
    expand = given.get("$expand", "")
    if expand not in ("", "*"):
        raise Problem("central.expand_unsupported", text=expand[:80])
    chosen = tuple(each.strip() for each in given.get("$select", "").split(",") if each.strip())
    chosen = () if chosen == ("*",) else chosen
    if chosen and expand:
        raise Problem("central.select_expand")
    return Options(
        top=min(_whole(given, "$top", MOST), MOST),
        skip=_whole(given, "$skip", 0),
        count=_truth(given, "$count"),
        wkt=_truth(given, "$wkt"),
        expand=expand == "*",
        select=chosen,
        filter=_filter(given.get("$filter", "")),
        order=_order(given.get("$orderby", "")),
        token=_token(given.get("$skiptoken", "")),
    )


def _whole(given: dict[str, str], name: str, otherwise: int) -> int:
    text = given.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Problem("central.bad_value", field=name, value=text[:40], known="0, 1, 2 …")
    return int(text) if text else otherwise


def _truth(given: dict[str, str], name: str) -> bool:
    text = given.get(name, "").strip().lower()
    if text not in ("", "true", "false"):
        raise Problem("central.bad_value", field=name, value=text[:40], known="true、false")
    return text == "true"


def _filter(text: str) -> filters.Condition | None:
    if not text.strip():
        return None
    try:
        return filters.parse(text)
    except filters.FilterError as wrong:
        code = "central.filter_unsupported" if wrong.unknown else "central.bad_filter"
        raise Problem(code, at=wrong.at, text=wrong.what[:80]) from wrong


def _order(text: str) -> tuple[str, bool] | None:
    if not text.strip():
        return None
    words = text.split()
    if len(words) > 2 or "," in text or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
        raise Problem("central.odata_unsupported", feature=f"$orderby={text[:60]}")
    return words[0], len(words) == 2 and words[1].lower() == "desc"


def token_text(told: dict[str, Any]) -> str:
    """Where a page ended, as a word for the address."""
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _token(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem("central.bad_value", field="$skiptoken", value=text[:40], known="@odata.nextLink")
    return found


def next_link(asked: Asked, address: str, told: dict[str, Any]) -> str:
    """The address of the following page: the same words, but for $skip, which has been served."""
    kept = {name: value for name, value in asked.query.items() if name not in ("$skip", "$skiptoken")}
    return f"{address}?{urlencode({**kept, '$skiptoken': token_text(told)}, safe='$*/')}"
