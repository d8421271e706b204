"""The plainest HTTP: a request as this door sees it, an answer as OpenRosa wants it. No framework on the hot path."""

import datetime as dt
import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from guatu.kernel import clock
from guatu.kernel.problems import Problem

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Threaded = Callable[[Callable[[], bytes]], Awaitable[bytes]]

# Collect splits what is larger into several posts, so that one post stays small in memory.
ACCEPTS = 20_000_000
_MOST_QUESTIONS = 10  # told in a header
_RESPONSE = "http://openrosa.org/http/response"
_META = "http://www.opendatakit.org/xforms"


@dataclass
class Request:
    """What came in. path: split, then each part decoded (an id may hold a slash). headers: lower-case names."""

    scope: Mapping[str, Any]
    receive: Receive
    path: list[str]
    headers: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    chosen: str = ""  # the person's language, once it is known who asks

    @classmethod
    def of(cls, scope: Mapping[str, Any], receive: Receive) -> "Request":
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        raw = bytes(scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
        parts = [unquote(part) for part in raw.split("/")] if raw else str(scope["path"]).split("/")
        query = {
            name: values[-1]
            for name, values in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()
        }
        return cls(scope, receive, [part for part in parts if part], headers, query)

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def language(self) -> str:
        """The phone's own language; for a browser what was chosen on our pages, as everywhere in the house."""
        chosen = self.chosen or self.cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not chosen and settings.SESSION_COOKIE_NAME not in self.cookies:
            chosen = self.headers.get("accept-language", "").strip().lower()
        return "en" if chosen.startswith("en") else "zh-hans"

    @property
    def secure(self) -> bool:
        """Whether nobody can read along: https (here or at the proxy that settings speak of), or this very machine."""
        if self.scope.get("scheme") == "https":
            return True
        if settings.GUATU_HTTPS and self.headers.get("x-forwarded-proto") == "https":
            return True
        return self.from_here and not settings.GUATU_HTTPS

    @property
    def from_here(self) -> bool:
        try:
            return ipaddress.ip_address(self.client).is_loopback
        except ValueError:
            return False

    @property
    def client(self) -> str:
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def cookies(self) -> dict[str, str]:
        try:
            return {
                name: morsel.value for name, morsel in SimpleCookie(self.headers.get("cookie", "")).items()
            }
        except CookieError:
            return {}

    @property
    def base(self) -> str:
        """Scheme and host as the client called us; the path is added by who builds an address."""
        https = self.scope.get("scheme") == "https" or (
            settings.GUATU_HTTPS and self.headers.get("x-forwarded-proto") == "https"
        )
        return f"{'https' if https else 'http'}://{self.headers.get('host', 'localhost')}"


@dataclass
class Answer:
    """What goes out."""

    status: int
    body: bytes = b""
    content_type: str = "text/xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    challenges: list[str] = field(default_factory=list)  # lines of WWW-Authenticate
    chunks: Iterator[bytes] | None = None  # a long body, made piece by piece while it goes out

    async def send(
        self, send: Send, *, language: str, head: bool = False, threaded: Threaded | None = None
    ) -> None:
        """threaded: runs in another thread what makes a piece, since it asks the store."""
        now = format_datetime(clock.real_now().astimezone(dt.UTC), usegmt=True)
        headers = {
            "X-OpenRosa-Version": "1.0",
            "X-OpenRosa-Accept-Content-Length": str(ACCEPTS),
            "Date": now,
            "Content-Language": "en" if language.startswith("en") else "zh-Hans",
            "Content-Type": self.content_type,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Language, Authorization, Cookie",
            **self.headers,
        }
        if self.status not in (204, 304) and self.chunks is None:
            headers["Content-Length"] = str(len(self.body))
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [
                    (name.lower().encode(), value.encode("latin-1", "replace"))
                    for name, value in (
                        *headers.items(),
                        *(("WWW-Authenticate", line) for line in self.challenges),
                    )
                ],
            }
        )
        if self.chunks is not None and threaded is not None and not head:
            following = partial(next, self.chunks, b"")
            while piece := await threaded(following):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def xml(text: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()


def refusal(problem: Problem, language: str) -> Answer:
    """The message is shown to the person who holds the phone."""
    words = escape(
        f"{problem.sentence(language)}{'' if language.startswith('zh') else ' '}{problem.next_step(language)}"
    )
    body = xml(
        f'<OpenRosaResponse xmlns="{_RESPONSE}"><message nature="submit_error">{words}</message></OpenRosaResponse>'
    )
    answer = Answer(problem.status, body)
    answer.headers["X-Guatu-Problem"] = problem.code
    questions = problem.details.get("questions") or []
    if questions:  # which ones, so that a phone can mark them; ASCII, and short enough for any header
        answer.headers["X-Guatu-Questions"] = json.dumps(questions[:_MOST_QUESTIONS])
    if problem.status in (429, 503):
        answer.headers["Retry-After"] = "30"
    return answer


def acceptance(
    *, words: str, form: str, version: str, instance_id: str, receipt: str, complete: bool, received: str
) -> Answer:
    """201: it is durable. The receipt stands in the message, in the metadata and in a header of its own."""
    meta = "".join(
        f" {name}={quoteattr(value)}"
        for name, value in (
            ("id", form),
            ("version", version),
            ("instanceID", instance_id),
            ("submissionDate", received),
            ("isComplete", "true" if complete else "false"),
        )
    )
    body = xml(
        f'<OpenRosaResponse xmlns="{_RESPONSE}"><message nature="submit_success">{escape(words)}</message>'
        f'<submissionMetadata xmlns="{_META}"{meta}/></OpenRosaResponse>'
    )
    return Answer(201, body, headers={"X-Guatu-Receipt": receipt})
