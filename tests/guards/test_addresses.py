"""Every address of the product: strangers are asked who they are; nobody meets a broken page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import Cast
from tests.guards.tree import nothing

pytestmark = pytest.mark.django_db

# What a stranger may open, and why.
PUBLIC = {
    "accounts/": "signing in and out is for people who are not signed in",
    "kit/": "the patterns page of the house's own parts; only while developing",
    "api/openapi.json": "the description of the machine door holds no record",
    "api/docs": "the same, for reading",
    "open311/": "cases of public classes are for everybody; reports need a key",
    "report/": "people outside report here without an account",
    "v/": "what a venue code at a door opens: whoever stands there has no account",
    "queue": "where the line is shortest is for everybody",
    "i18n/": "the language of the sign-in page",
}
# What a phone keeps so that its pages open without a server: the same for everybody, no record in it.
SHELL = frozenset({"m/", "m/manifest.webmanifest", "m/sw.js"})
# A value for each kind of piece an address may hold.
_SAMPLES = {
    "uuid": "00000000-0000-7000-8000-000000000000",
    "int": "1",
    "slug": "nothing",
    "str": "nothing",
    "path": "nothing",
    "suffix": ".json",
}


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address with sample values in it, without the leading slash."""
    for entry in (resolver or get_resolver()).url_patterns:
        written = before + str(entry.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, written)
        elif isinstance(entry, URLPattern):
            filled = re.sub(
                r"<(?:(\w+):)?\w+>", lambda piece: _SAMPLES.get(piece[1] or "str", "nothing"), written
            )
            yield re.sub(r"\(\?P<\w+>[^)]*\)", "nothing", filled).replace("\\", "")


def strangers_let_in(client: Client, found: list[str]) -> list[str]:
    """Addresses that answer somebody who is not signed in with anything but “who are you”."""
    wrong = []
    for address in found:
        if address.startswith(tuple(PUBLIC)) or address in SHELL:
            continue
        reply: Any = client.get(f"/{address}", HTTP_ACCEPT="text/html")
        asks = reply.status_code == 302 and "login" in reply.headers.get("Location", "")
        if not asks and reply.status_code not in (401, 403, 404, 405):
            wrong.append(f"/{address} answers a stranger with {reply.status_code}")
    return wrong


def broken(client: Client, found: list[str]) -> list[str]:
    """Addresses that answer with a fault of ours, or raise."""
    wrong = []
    for address in found:
        if address.startswith("accounts/"):
            continue
        try:
            status = client.get(f"/{address}").status_code
        except Exception as error:
            wrong.append(f"/{address} raises {type(error).__name__}: {str(error)[:120]}")
        else:
            if status >= 500:
                wrong.append(f"/{address} answers {status}")
    return wrong


def test_strangers_are_asked_who_they_are(cast: Cast):
    nothing(strangers_let_in(Client(), list(addresses())))


@pytest.mark.parametrize("who", ["jinbo", "nanxiang", "xuncha", "passer_by"])
def test_nobody_meets_a_broken_page(cast: Cast, signed_in, who):
    """A nearly empty store, every address, four people: full rights, a street, a phone, none."""
    nothing(broken(signed_in(getattr(cast, who)), list(addresses())))


def test_planted_addresses_are_found(settings):
    settings.ROOT_URLCONF = "tests.guards.planted"
    found = list(addresses())
    assert found == ["open/", "breaks/nothing/"]
    assert strangers_let_in(Client(), found[:1]) == ["/open/ answers a stranger with 200"]
    assert len(broken(Client(), found)) == 1
