"""The two formats. XML as GeoReport v2 writes it; JSON after the Spark convention: the root falls away, lists are bare."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# What the members of a list are called in XML.
ITEMS = {
    "services": "service", "service_requests": "request", "service_request_updates": "request_update", "errors": "error",
    "attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format", "notes": "note",
    "value": "value", "media_urls": "media_url",
}  # fmt: skip
# What XML 1.0 cannot say at all.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """What is told: the root's name in XML, and a list of items or one object."""

    root: str
    data: Sequence[Any] | Mapping[str, Any]
    status: int = 200


def written(answer: Answer, form: str) -> bytes:
    """The body in `xml` or `json`, UTF-8."""
    if form == "json":
        return json.dumps(answer.data, ensure_ascii=False).encode("utf-8", "replace")
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + _element(answer.root, answer.data)).encode()


def _element(name: str, value: Any) -> str:
    if value is None or value == "" or (isinstance(value, (list, tuple, dict)) and not value):
        return f"<{name}/>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(key, each) for key, each in value.items())}</{name}>"
    if isinstance(value, (list, tuple)):
        return f"<{name}>{''.join(_element(ITEMS[name], each) for each in value)}</{name}>"
    if isinstance(value, bool):
        return f"<{name}>{'true' if value else 'false'}</{name}>"
    # a bare carriage return would arrive as a line feed
    text = escape(_UNSAYABLE.sub("\ufffd", str(value)), {"\r": "&#13;"})
    return f"<{name}>{text}</{name}>"
