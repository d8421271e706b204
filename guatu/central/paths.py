"""Addresses whose parts may hold any character: an id such as `a/b%` stands in the address as `a%2Fb%25`.

Servers hand the path over decoded, where such a slash can no longer be told from a boundary. `still_quoted` (called where
the application is put together) gives this door the path as it was sent; the converter below decodes each part alone.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from django.urls import register_converter

PREFIX = "/v1/"


def still_quoted(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same request with its path as the client wrote it; as it is when the server does not say."""
    raw = scope.get("raw_path")
    if not raw:
        return scope
    path = bytes(raw).partition(b"?")[0].decode("latin-1")
    return {**scope, "path": path}


class Quoted:
    """One part of a path, decoded by itself."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


register_converter(Quoted, "quoted")
